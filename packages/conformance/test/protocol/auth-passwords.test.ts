import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { freshName, greetedClient, identifiedClient, identifyFrame } from "../../src/identified.ts";
import type { Reachable } from "../../src/start-server.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-passwords-"));
afterAll(() => rmSync(folder, { recursive: true }));
const authFile = join(folder, "passwords");

async function isTrusted(server: Reachable, auth: string): Promise<boolean> {
  await using client = await identifiedClient(server, { identify: { auth } });
  return client.ready.restricted === false;
}

const query = (server: Reachable, authorization?: string) =>
  ask(server, "POST", "/api/v1/query", {
    body: {},
    ...(authorization !== undefined && { headers: { authorization } }),
  });

eachListener("several passwords", ["--auth", "one", "--more-auth", "two,three", "--auth-attempts", "0"], (server) => {
  test.each(["one", "two", "three"])("[AU-2] %s is in force", async (password) => {
    expect(await isTrusted(server(), password)).toBe(true);
    expect((await query(server(), password)).status).toBe(200);
  });
  test("[AU-2] none of them together is", async () => {
    expect(await isTrusted(server(), "two,three")).toBe(false);
    expect((await query(server(), "two,three")).status).toBe(401);
  });
});

describe("a file of passwords", () => {
  const settings = () => {
    writeFileSync(authFile, "old\n");
    return { authFile, authAttempts: 0 };
  };
  eachSteppedListener("that changes", settings(), (server) => {
    test("[AU-2] is read again, without a restart", async () => {
      writeFileSync(authFile, "old\n");
      server().clock.step(1000);
      expect([await isTrusted(server(), "old"), await isTrusted(server(), "new")]).toEqual([true, false]);
      writeFileSync(authFile, "newer\nnew\n");
      server().clock.step(1000);
      expect([await isTrusted(server(), "old"), await isTrusted(server(), "new")]).toEqual([false, true]);
      writeFileSync(authFile, "");
      server().clock.step(1000);
      expect([await isTrusted(server(), "new"), (await query(server())).status]).toEqual([false, 401]);
    });
  });
});

eachSteppedListener("the throttle", { auth: "right" }, (server) => {
  /** What comes of a password: trust, restriction, or for how long it is refused. */
  async function attempt(auth: string | null, id = freshName("client")): Promise<boolean | number> {
    await using client = await greetedClient(server());
    client.send(identifyFrame("app", id, { auth }));
    const { op, d } = await client.next();
    if (op === 2) return d.restricted;
    expect(d).toMatchObject({ error: "too many attempts", code: "auth/throttled" });
    return d.extra_info.retry_after_ms;
  }

  test("[AU-10] refuses an address after ten wrong passwords, over HTTP too, and nobody without one", async () => {
    for (let i = 0; i < 5; i++) {
      expect(await attempt("wrong")).toBe(true);
      expect((await query(server(), "wrong")).status).toBe(401);
    }
    expect(await attempt("right")).toBe(1000);
    const refused = await query(server(), "Bearer right");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(refused.json).toMatchObject({ code: "auth/throttled", extra_info: { retry_after_ms: 1000 } });
    expect([await attempt(null), (await query(server())).status]).toEqual([true, 401]);
    server().clock.step(1000);
    expect(await attempt("wrong")).toBe(true);
    expect(await attempt("right")).toBe(2000);
    server().clock.step(2000);
    expect(await attempt("right")).toBe(false);
    server().clock.step(120_000);
  });

  test("[AU-10] closes the connection of whoever it refuses", async () => {
    for (let i = 0; i < 10; i++) await attempt("wrong");
    await using client = await greetedClient(server());
    client.send(identifyFrame("app", "refused", { auth: "right" }));
    const { d } = await client.next();
    expect(d.code).toBe("auth/throttled");
    server().clock.step(200);
    expect((await client.closed).code).toBe(1000);
    server().clock.step(120_000);
  });
});

eachListener("the throttle that is off", ["--auth", "right", "--auth-attempts", "0"], (server) => {
  test("[AU-10] refuses nobody", async () => {
    for (let i = 0; i < 30; i++) expect((await query(server(), "wrong")).status).toBe(401);
    expect((await query(server(), "right")).status).toBe(200);
  });
});

eachListener("accounts", ["--accounts", '[{"name":"a","password":"p","permissions":{}}]'], (server) => {
  test("[AU-3] count as passwords: who shows nothing is restricted, and 401", async () => {
    expect([await isTrusted(server(), "p"), (await query(server())).status]).toEqual([true, 401]);
    await using client = await greetedClient(server());
    client.send(identifyFrame("app", freshName("client")));
    expect((await client.next()).d.restricted).toBe(true);
  });
});
