import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose, loadConfig } from "@singyeong/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, createHttpApi } from "../src/index.ts";

const secret = randomBytes(32);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token that lasts for a while, in whole seconds. */
function issue(seconds: number, claims: object = {}): string {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: "shop", exp, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

let address = "";
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "singyeong-token-"));
  const keys = join(folder, "keys.json");
  writeFileSync(keys, JSON.stringify({ kty: "oct", k: secret.toString("base64url"), alg: "HS256" }));
  const flags = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent"];
  const loaded = loadConfig([...flags, "--jwt-keys", keys], {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  address = `127.0.0.1:${await server.listen()}`;
  return async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  };
});
afterAll(() => {
  address = "";
});

it("a connection outlives its tokens, which are renewed in time", async () => {
  let asked = 0;
  const third = Promise.withResolvers<void>();
  await using client = await connect({
    servers: address,
    app: "shop",
    auth() {
      if (++asked === 3) third.resolve();
      // Servers forgive five seconds, so this one lasts for one or two.
      return issue(-3);
    },
  });
  const losses: unknown[] = [];
  for (const type of ["disconnected", "error"] as const) client.on(type, (status) => losses.push(status));
  // The third is asked for by what the server says of the second.
  await third.promise;
  await client.send("shop", "to itself");
  expect([losses, client.restricted, client.caps.has("auth")]).toEqual([[], false, true]);
});

it("a token that is refused at first ends the attempt", async () => {
  const options = { servers: address, app: "shop", auth: async () => issue(-60) };
  await expect(connect(options)).rejects.toMatchObject({ code: "auth/failed" });
});

it("the HTTP side takes tokens as well, and permissions hold", async () => {
  const auth = () => issue(60, { singyeong: { send: ["web"] } });
  const http = createHttpApi({ server: address, auth });
  expect(await http.query("web")).toEqual([]);
  await expect(http.query("api")).rejects.toMatchObject({ code: "auth/forbidden" });
});
