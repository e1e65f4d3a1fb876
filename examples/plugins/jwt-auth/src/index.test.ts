import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { startServer, type TestServer } from "@singyeong/testing";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const plugin = fileURLToPath(new URL("..", import.meta.url));
const issuer = "https://issuer.example";
const audience = "singyeong";

const mine = await generateKeyPair("ES256");
const foreign = await generateKeyPair("ES256");
const keySet = { keys: [{ ...(await exportJWK(mine.publicKey)), kid: "mine", alg: "ES256" }] };

let issuing: Server;
let server: TestServer;
beforeAll(async () => {
  issuing = createServer((_request, response) => response.end(JSON.stringify(keySet)));
  await new Promise<void>((resolve) => issuing.listen(0, "127.0.0.1", resolve));
  const { port } = issuing.address() as AddressInfo;
  const settings = { jwksUrl: `http://127.0.0.1:${port}/`, issuer, audience };
  server = await startServer({
    plugins: [plugin],
    pluginFolder: "",
    pluginSettings: { "jwt-auth": settings },
    auth: "pw",
    authAttempts: 0,
  });
});
afterAll(async () => {
  await server.kill();
  issuing.close();
});

interface TokenOptions {
  readonly key?: typeof mine.privateKey;
  readonly expires?: string;
  readonly from?: string;
  readonly to?: string;
  readonly singyeong?: object;
}
const sign = ({ key = mine.privateKey, expires = "1h", from = issuer, to = audience, singyeong }: TokenOptions = {}) =>
  new SignJWT(singyeong === undefined ? {} : { singyeong })
    .setProtectedHeader({ alg: "ES256", kid: "mine" })
    .setIssuer(from)
    .setAudience(to)
    .setSubject("me")
    .setExpirationTime(expires)
    .sign(key);

/** The status by which an authenticated route answers. */
async function ask(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${server.httpUrl}/api/v1/discovery/tags?q=[]`, { headers })).status;
}

describe("tokens", () => {
  it("let clients and callers in", async () => {
    const token = await sign();
    const client = await server.connect({ app: "a", id: "1", auth: token });
    expect(client.restricted).toBe(false);
    expect(await ask(token)).toBe(200);
    await client.close();
  });

  it("say what their bearer may do", async () => {
    const token = await sign({ singyeong: { identify: ["a"] } });
    const client = await server.connect({ app: "a", id: "2", auth: token });
    await client.close();
    await expect(server.connect({ app: "b", id: "2", auth: token })).rejects.toMatchObject({ code: "auth/forbidden" });
  });

  it.each([
    ["signed by somebody else", () => sign({ key: foreign.privateKey })],
    ["that have expired", () => sign({ expires: "1s ago" })],
    ["of another issuer", () => sign({ from: "https://other.example" })],
    ["for somebody else", () => sign({ to: "other" })],
    ["with permissions that do not exist", () => sign({ singyeong: { sned: [] } })],
    ["that are not signed", async () => new UnsecuredJWT({}).setIssuer(issuer).setAudience(audience).encode()],
    [
      "signed with the public key as a secret",
      async () =>
        new SignJWT({})
          .setProtectedHeader({ alg: "HS256", kid: "mine" })
          .setIssuer(issuer)
          .setAudience(audience)
          .setSubject("me")
          .setExpirationTime("1h")
          .sign(new TextEncoder().encode(JSON.stringify(keySet.keys[0]))),
    ],
    ["that were changed", async () => `${(await sign()).slice(0, -4)}AAAA`],
  ])("%s let nobody in", async (_what, make) => {
    expect(await ask(await make())).toBe(401);
  });

  it("let nobody in where the keys are not to be had", async () => {
    const settings = { jwksUrl: "http://127.0.0.1:1/", issuer, audience };
    const options = { plugins: [plugin], pluginFolder: "", pluginSettings: { "jwt-auth": settings } };
    await using other = await startServer(options);
    await expect(other.connect({ auth: await sign() })).rejects.toMatchObject({ code: "auth/failed" });
    const headers = { authorization: "pw" };
    const metrics = await fetch(`${server.httpUrl}/metrics`, { headers });
    expect(await metrics.text()).not.toContain('reason="threw"');
  });

  it("leave passwords to the server", async () => {
    expect([await ask("pw"), await ask("wrong"), await ask("a.b")]).toEqual([200, 401, 401]);
  });
});

describe("settings", () => {
  const good = { jwksUrl: "https://x.example/jwks", issuer, audience };

  it("need to be there, and to be right", () => {
    expect(readSettings(good).algorithms).toEqual(["ES256", "RS256"]);
    expect(() => readSettings(undefined)).toThrow("jwksUrl: an address");
    expect(() => readSettings({ ...good, issuer: "" })).toThrow("issuer: who issues tokens");
    expect(() => readSettings({ ...good, audience: 1 })).toThrow("audience: whom tokens are for");
    expect(() => readSettings({ ...good, algorithms: ["HS256"] })).toThrow("algorithms: HS256 has no public key");
    expect(() => readSettings({ ...good, algorithms: ["none"] })).toThrow("algorithms: none has no public key");
    expect(() => readSettings({ ...good, secret: "x" })).toThrow("secret: there is no such setting");
  });
});
