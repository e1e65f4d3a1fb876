import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { failure, freshName, greetedClient, identifiedClient, identifyFrame } from "../../src/identified.ts";
import type { Reachable } from "../../src/start-server.ts";
import { assemble, audience, createSigner, issuer, startJwks } from "../../src/tokens.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-auth-"));
const signer = await createSigner("first", "RS256");
const stranger = await createSigner("first", "RS256");
const jwks = await startJwks([signer]);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await jwks[Symbol.asyncDispose]();
});

const keysFile = join(folder, "keys.pem");
writeFileSync(keysFile, signer.pem);
const terms = ["--jwt-issuer", issuer, "--jwt-audience", audience, "--auth-attempts", "0"];
const seconds = (): number => Math.floor(Date.now() / 1000);

/** What comes of identifying with a secret: `d` of ready, or of the end. */
async function identify(server: Reachable, auth: string, encoding: "json" | "msgpack" | "etf" = "json") {
  await using client = await greetedClient(server, { encoding });
  client.send(identifyFrame("app", freshName("client"), { auth, caps: ["auth"] }));
  const { d } = await client.next();
  return d;
}

const failed = (reason: string) => expect.objectContaining({ code: "auth/failed", extra_info: [reason] });

function confuse(secret: string): string {
  const unsigned = assemble({ alg: "HS256" }, { iss: issuer, aud: audience, sub: "till" }).slice(0, -1);
  return `${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`;
}

describe.each([
  ["a file", ["--jwt-keys", keysFile, ...terms]],
  ["an address", ["--jwks-url", jwks.url, ...terms]],
])("keys in %s", (_name, flags) => {
  eachListener("tokens", flags, (server) => {
    test("[AU-4] one that is signed and in force lets its bearer in, in every encoding", async () => {
      for (const encoding of ["json", "msgpack", "etf"] as const) {
        const ready = await identify(server(), await signer.sign({ exp: seconds() + 3600 }), encoding);
        expect(ready).toMatchObject({ restricted: false });
        expect(ready.expires_ms).toBeGreaterThan(3_590_000);
        expect(ready.expires_ms).toBeLessThanOrEqual(3_605_000);
      }
      expect(await identify(server(), await signer.sign())).toMatchObject({ restricted: false, expires_ms: null });
    });

    test.each<[string, string, () => string | Promise<string>]>([
      ["without a signature, by alg none", 'token has algorithm "none"', () => assemble({ alg: "none" }, { sub: "x" })],
      ["by a foreign key of the same name", "token has a signature that does not fit", () => stranger.sign()],
      ["that has ended", "token expired", () => signer.sign({ exp: seconds() - 60 })],
      ["that has not begun", "token is not valid yet", () => signer.sign({ nbf: seconds() + 60 })],
      ["by the public key as a secret", "token is signed by a key that is not known", () => confuse(signer.pem)],
      ["for another audience", "token has another aud", () => signer.sign({ aud: "other" })],
      ["by another issuer", "token has another iss", () => signer.sign({ iss: "https://other.test" })],
      ["cut short", "token has a signature that does not fit", async () => (await signer.sign()).slice(0, -8)],
    ])("[AU-4] one %s is refused: op 8, the end of the connection, and 401", async (_what, reason, make) => {
      const token = await make();
      await using client = await greetedClient(server());
      client.send(identifyFrame("app", "client", { auth: token }));
      const { frame, code } = await failure(client);
      expect(frame).toMatchObject({ op: 8, d: { code: "auth/failed", extra_info: [reason] } });
      expect(code).toBe(1000);
      const headers = { authorization: `Bearer ${token}` };
      const refused = await ask(server(), "POST", "/api/v1/query", { headers, body: {} });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe(
        `Bearer error="invalid_token", error_description="${reason.replaceAll('"', "'")}"`,
      );
    });

    test("[AU-4] permissions that are none are refused by name", async () => {
      const d = await identify(server(), await signer.sign({ singyeong: { send: "all" } }));
      expect(d).toMatchObject({ code: "auth/failed", extra_info: [expect.stringMatching(/^singyeong\/send: /)] });
    });

    test("[AU-3] nothing, and what is no token, is restricted, and 401", async () => {
      await using client = await identifiedClient(server());
      expect(client.ready).toMatchObject({ restricted: true });
      expect(await identify(server(), "a.b.c")).toMatchObject({ restricted: true });
      expect((await ask(server(), "POST", "/api/v1/query", { body: {} })).status).toBe(401);
    });

    test("[AU-4] one lets callers over HTTP in", async () => {
      const headers = { authorization: `Bearer ${await signer.sign()}` };
      expect((await ask(server(), "POST", "/api/v1/query", { headers, body: {} })).status).toBe(200);
    });
  });
});

describe("keys at an address that change", async () => {
  const [old, next] = [await createSigner("old"), await createSigner("next")];
  const rotating = await startJwks([old]);
  afterAll(() => rotating[Symbol.asyncDispose]());

  eachListener("rotation", ["--jwks-url", rotating.url, "--auth-attempts", "0"], (server) => {
    test("[AU-5] are asked for again for a token by a key that is new, and no more often", async () => {
      rotating.signers = [old];
      expect(await identify(server(), await old.sign())).toMatchObject({ restricted: false });
      const asked = rotating.requests;
      rotating.signers = [next];
      const token = await next.sign();
      let d = await identify(server(), token);
      while (rotating.requests === asked) d = await identify(server(), token);
      expect(rotating.requests).toBe(asked + 1);
      expect(d).toMatchObject({ restricted: false });
      expect(await identify(server(), await old.sign({ n: 1 }))).toEqual(
        failed("token is signed by a key that is not known"),
      );
    });
  });

  test("[AU-5] and are not to be had refuse the token, and open nothing", async () => {
    const gone = await startJwks([]);
    await gone[Symbol.asyncDispose]();
    const { startServer } = await import("../../src/start-server.ts");
    await using server = await startServer({ listener: "node", flags: ["--jwks-url", gone.url] });
    expect(await identify(server, await old.sign())).toEqual(failed("keys for tokens are not to be had"));
    await using client = await identifiedClient(server);
    expect(client.ready).toMatchObject({ restricted: true });
  });
});

eachSteppedListener("a token's end", { jwtKeys: keysFile }, (server) => {
  const inSeconds = (length: number): number => Math.floor(server().clock.now() / 1000) + length;
  const connect = async (length: number, caps = ["auth"]) =>
    identifiedClient(server(), { identify: { caps, auth: await signer.sign({ exp: inSeconds(length) }) } });

  test("[AU-7] ends the connection with op 8, five seconds late", async () => {
    await using client = await connect(10);
    server().clock.step(14_000);
    await client.settle();
    server().clock.step(1500);
    const { frame } = await failureStepped(client);
    expect(frame).toMatchObject({ op: 8, d: { code: "auth/expired" } });
  });

  test("[AU-8] another one goes on from there", async () => {
    await using client = await connect(10);
    client.dispatch("AUTHENTICATE", { token: await signer.sign({ exp: inSeconds(100) }) });
    expect(await client.next()).toMatchObject({ t: "AUTHENTICATED", d: { expires_ms: expect.any(Number) } });
    server().clock.step(30_000);
    await client.settle();
  });

  test.each<[string, object, string]>([
    ["of another subject", { sub: "thief" }, "auth/forbidden"],
    ["of another namespace", { singyeong: { namespace: "other" } }, "auth/forbidden"],
    ["for another application", { singyeong: { identify: ["other"] } }, "auth/forbidden"],
    ["that has ended", { exp: 1 }, "auth/failed"],
  ])("[AU-8] one %s is refused, and the old one stays in force", async (_what, claims, code) => {
    await using client = await connect(10);
    client.dispatch("AUTHENTICATE", { token: await signer.sign({ exp: inSeconds(100), ...claims }) });
    expect(await client.next()).toMatchObject({ op: 3, d: { code } });
    await client.settle();
    server().clock.step(16_000);
    expect((await failureStepped(client)).frame).toMatchObject({ op: 8, d: { code: "auth/expired" } });
  });

  test("[AU-8] is no event to clients without the extension", async () => {
    await using client = await connect(10, ["receipt"]);
    client.dispatch("AUTHENTICATE", { token: "x" });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "dispatch/unknown-event" } });
  });

  /** The last frame; the connection closes once its time has come. */
  async function failureStepped(client: Parameters<typeof failure>[0]) {
    const frame = await client.next();
    server().clock.step(200);
    return { frame, code: (await client.closed).code };
  }
});
