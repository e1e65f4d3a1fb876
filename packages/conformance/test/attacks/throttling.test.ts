import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { freshName } from "../../src/identified.ts";
import type { Frame } from "../../src/raw-client.ts";
import type { Reachable } from "../../src/start-server.ts";
import { askFrom, enter, identify } from "./guest.kit.ts";

const showing = (password: string) => ({ authorization: `Bearer ${password}` });

/** Shows a password over HTTP; resolves with the status. */
async function guess(server: Reachable, from: string, password: string): Promise<number> {
  return (await askFrom(server, "/metrics", { from, headers: showing(password) })).status;
}

/** Shows a password as a client; resolves with the answer, after which the client leaves. */
async function introduce(server: Reachable, from: string, id: string, auth: string): Promise<Frame> {
  await using guest = await enter(server, { from });
  return await identify(guest, "app", id, { auth });
}

async function exhaust(server: Reachable, from: string): Promise<void> {
  for (let i = 0; i < 10; i++) expect(await guess(server, from, `guess ${i}`)).toBe(401);
}

eachListener("an address that guesses", ["--auth", "right"], (server) => {
  test("is told when to come again, over HTTP and over a WebSocket that ends", async () => {
    const from = "127.0.5.1";
    await exhaust(server(), from);
    const { status, headers, text } = await askFrom(server(), "/metrics", { from, headers: showing("guess") });
    expect([status, Number(headers["retry-after"])]).toEqual([429, 1]);
    expect(JSON.parse(text)).toMatchObject({ code: "auth/throttled" });
    await using guest = await enter(server(), { from });
    const { op, d } = await identify(guest, "app", freshName("guesser"), { auth: "guess" });
    expect([op, d.code, d.extra_info.retry_after_ms <= 1000]).toEqual([8, "auth/throttled", true]);
    expect((await guest.closed).code).toBe(1000);
  });

  test("is not let in with a right password either, while all others are", async () => {
    await exhaust(server(), "127.0.5.2");
    expect(await guess(server(), "127.0.5.2", "right")).toBe(429);
    for (const from of ["127.0.5.3", "127.0.5.4", "127.0.0.1"]) {
      expect(await guess(server(), from, "right")).toBe(200);
      expect((await introduce(server(), from, freshName("owner"), "right")).d.restricted).toBe(false);
    }
  });

  test("still gets what needs no password", async () => {
    await exhaust(server(), "127.0.5.5");
    expect((await askFrom(server(), "/healthz", { from: "127.0.5.5" })).status).toBe(200);
  });
});

eachListener("many addresses that guess for one client", ["--auth", "right"], (server) => {
  test("are refused together, and do not lock out who was let in lately", async () => {
    const id = freshName("victim");
    expect((await introduce(server(), "127.0.6.1", id, "right")).d.restricted).toBe(false);
    for (let i = 0; i < 10; i++) {
      const { op, d } = await introduce(server(), `127.0.7.${i}`, id, "guess");
      expect([op, d.restricted]).toEqual([2, true]);
    }
    // None of them has used up what its address has, and this one has done nothing yet.
    expect((await introduce(server(), "127.0.7.99", id, "right")).d.code).toBe("auth/throttled");
    expect((await introduce(server(), "127.0.7.99", freshName("other"), "right")).op).toBe(2);
    expect((await introduce(server(), "127.0.6.1", id, "right")).d.restricted).toBe(false);
  });
});
