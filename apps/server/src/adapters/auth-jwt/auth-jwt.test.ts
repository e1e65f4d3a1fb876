import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { Logger } from "../../ports/logger.ts";
import { createSteppedClock } from "../clock-stepped/clock-stepped.ts";
import { createTokenAuthenticator, type TokenOptions } from "./auth-jwt.ts";
import { audience, createPair, issuer, sign, startJwks } from "./tokens.kit.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-tokens-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.useRealTimers());

const nowSeconds = 1_700_000_000;
const clock = createSteppedClock(nowSeconds * 1000);
const quiet = (): void => {};
const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let files = 0;
function keep(content: unknown): string {
  const path = join(folder, `keys-${++files}`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function create(options: Partial<TokenOptions>) {
  const all = { keysFile: "", jwksUrl: "", issuer: "", audience: "", ...options };
  const authenticator = createTokenAuthenticator(all, { clock, logger });
  return async (secret: string) => {
    const verdict = await authenticator.judge({ secret, over: "socket", peer: "127.0.0.1", client: null });
    if (verdict.ok) return { ...verdict.grant };
    if (verdict.code === "auth/throttled") throw new Error(verdict.code);
    return `${verdict.reasons.join("; ")}${verdict.isWrong ? " (forged)" : ""}`;
  };
}

const pair = await createPair("one");
const other = await createPair("two");

describe("a token", () => {
  const judge = create({ keysFile: keep({ keys: [pair.jwk] }), issuer, audience });

  it("lets its bearer in, with the permissions and until the end that it says", async () => {
    const singyeong = { namespace: "acme", send: ["billing-*"] };
    const token = await sign(pair, { claims: { singyeong, exp: nowSeconds + 60 } });
    const grant = {
      restricted: false,
      permissions: singyeong,
      expiresAtMs: (nowSeconds + 65) * 1000,
      subject: "till",
    };
    expect(await judge(token)).toEqual(grant);
    expect(await judge(token)).toEqual(grant);
    expect(await judge(await sign(pair, { claims: { sub: undefined } }))).toEqual({
      restricted: false,
      permissions: {},
      expiresAtMs: null,
      subject: null,
    });
  });

  it("is refused where it is none, or nobody who may sign signed it", async () => {
    const [header, payload] = (await sign(pair)).split(".");
    expect(await judge(`${header}.${payload}.`)).toBe("token has a signature that does not fit (forged)");
    expect(await judge("e30.e30.e30")).toBe("token is malformed (forged)");
    expect(await judge("x".repeat(20_000))).toBe("token is too long (forged)");
    expect(await judge(await sign(other))).toBe("token is signed by a key that is not known");
    const posed = await sign({ ...other, id: pair.id });
    expect(await judge(posed)).toBe("token has a signature that does not fit (forged)");
  });

  it("without a signature is refused, however the algorithm none is spelt", async () => {
    expect(await judge(new UnsecuredJWT({ iss: issuer, aud: audience }).encode())).toBe(
      'token has algorithm "none" (forged)',
    );
    const spelt = Buffer.from('{"alg":"nOnE"}').toString("base64url");
    expect(await judge(`${spelt}.e30.`)).toBe('token has algorithm "nOnE" (forged)');
  });

  it("is refused once it has ended and before it begins, give or take five seconds", async () => {
    const by = (claims: Record<string, unknown>) => sign(pair, { claims }).then(judge);
    expect(await by({ exp: nowSeconds - 5 })).toBe("token expired");
    expect(await by({ exp: nowSeconds - 4 })).toMatchObject({ expiresAtMs: (nowSeconds + 1) * 1000 });
    expect(await by({ nbf: nowSeconds + 6 })).toBe("token is not valid yet");
    expect(await by({ nbf: nowSeconds + 5 })).toMatchObject({ subject: "till" });
  });

  it("that was let in is refused once it has ended", async () => {
    const token = await sign(pair, { claims: { exp: nowSeconds + 30 } });
    expect(await judge(token)).toMatchObject({ subject: "till" });
    clock.advance(35_000);
    expect(await judge(token)).toBe("token expired");
  });

  it("is refused where it is for others, or by others", async () => {
    const by = (claims: Record<string, unknown>) => sign(pair, { claims }).then(judge);
    expect(await by({ aud: "somebody" })).toBe("token has another aud");
    expect(await by({ aud: undefined })).toBe("token has no aud");
    expect(await by({ iss: "https://evil.test" })).toBe("token has another iss");
    expect(await by({ aud: ["somebody", audience] })).toMatchObject({ subject: "till" });
  });

  it("is refused where its permissions are none", async () => {
    const by = (singyeong: unknown) => sign(pair, { claims: { singyeong } }).then(judge);
    expect(await by({ send: "billing" })).toMatch(/^singyeong\/send: /);
    expect(await by({ sned: [] })).toMatch(/^singyeong/);
    expect(await by(null)).toMatch(/^singyeong/);
    expect(await by({ send: [1] })).toMatch(/^singyeong\/send\/0: /);
    expect(await sign(pair, { claims: { sub: "x".repeat(2000) } }).then(judge)).toMatch(/subject/);
  });
});

describe("keys in a file", () => {
  it("may be PEM, several at once, of any kind", async () => {
    const rsa = await createPair("rsa", "RS256");
    const edwards = await createPair("edwards", "EdDSA");
    const pem = await Promise.all([pair, rsa, edwards].map(({ publicKey }) => exportSPKI(publicKey)));
    const judge = create({ keysFile: keep(`keys of ours\n${pem.join("\n")}`) });
    for (const signer of [pair, rsa, edwards]) {
      expect(await judge(await sign(signer))).toMatchObject({ subject: "till" });
    }
    expect(await judge(await sign(rsa, { header: { alg: "PS384" } }))).toMatchObject({ subject: "till" });
    expect(await judge(await sign(other))).toMatch(/signature that does not fit/);
  });

  it("are never a secret: a token by the text of a public key is refused", async () => {
    const rsa = await createPair("rsa", "RS256");
    const pem = await exportSPKI(rsa.publicKey);
    for (const [keysFile, kid] of [
      [keep(pem), undefined],
      [keep(rsa.jwk), rsa.id],
    ] as const) {
      const judge = create({ keysFile });
      for (const secret of [pem, pem.trim(), JSON.stringify(rsa.jwk), rsa.jwk.n!]) {
        const content = [{ alg: "HS256", ...(kid && { kid }) }, { sub: "till" }];
        const parts = content.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        const signature = createHmac("sha256", secret).update(parts).digest("base64url");
        expect(await judge(`${parts}.${signature}`)).toBe("token is signed by a key that is not known");
      }
    }
  });

  it("may be a secret where they say so", async () => {
    const secret = Buffer.alloc(32, 7);
    const jwk = { kty: "oct", k: secret.toString("base64url"), alg: "HS256" };
    const judge = create({ keysFile: keep(jwk) });
    const token = (alg: string) => new SignJWT({ sub: "till" }).setProtectedHeader({ alg }).sign(secret);
    expect(await judge(await token("HS256"))).toMatchObject({ subject: "till" });
    expect(await judge(await sign(pair))).toMatch(/key that is not known/);
  });

  it("are used with the algorithm that they name alone", async () => {
    const rsa = await createPair("rsa", "RS256");
    const judge = create({ keysFile: keep(rsa.jwk) });
    expect(await judge(await sign(rsa))).toMatchObject({ subject: "till" });
    expect(await judge(await sign(rsa, { header: { alg: "PS256" } }))).toMatch(/key that is not known/);
  });

  it("are read again when the file changes; tokens by one that has gone last a minute", async () => {
    const keysFile = keep(pair.jwk);
    const judge = create({ keysFile });
    const [old, another] = await Promise.all([sign(pair), sign(pair, { claims: { n: 2 } })]);
    expect(await judge(old)).toMatchObject({ subject: "till" });
    writeFileSync(keysFile, JSON.stringify({ keys: [other.jwk] }));
    clock.advance(1000);
    expect(await judge(await sign(other))).toMatchObject({ subject: "till" });
    expect(await judge(another)).toMatch(/key that is not known/);
    expect(await judge(old)).toMatchObject({ subject: "till" });
    clock.advance(60_000);
    expect(await judge(old)).toMatch(/key that is not known/);
  });

  it("are refused at the start where they are no use", async () => {
    const short = { kty: "oct", k: Buffer.alloc(31).toString("base64url") };
    const refused = (content: unknown) => () => create({ keysFile: keep(content) });
    expect(refused(short)).toThrow(/a secret has at least 32 bytes/);
    expect(refused({ ...pair.jwk, d: "AQAB" })).toThrow(/it is a private key/);
    expect(refused("-----BEGIN PRIVATE KEY-----\nAQAB\n-----END PRIVATE KEY-----")).toThrow(/private key/);
    expect(() => create({ jwksUrl: "ftp://keys.test/" })).toThrow("ftp://keys.test/: no address of a JWK set");
    expect(() => create({ jwksUrl: "nonsense" })).toThrow("nonsense: no address of a JWK set");
    expect(refused("nothing")).toThrow(/neither PEM nor JSON/);
    expect(refused({ keys: [] })).toThrow(/it holds no key/);
    expect(refused({ ...pair.jwk, alg: "HS256" })).toThrow(/key one: it is no key for HS256/);
  });
});

describe("keys at an address", () => {
  it("are fetched when they are needed, once, and again for a key that is new", async () => {
    const jwks = await startJwks([pair.jwk]);
    vi.useFakeTimers({ toFake: ["Date"] });
    const judge = create({ jwksUrl: jwks.url });
    expect(jwks.requests).toBe(0);
    for (let i = 0; i < 3; i++) {
      expect(await judge(await sign(pair, { claims: { i } }))).toMatchObject({ subject: "till" });
    }
    expect(jwks.requests).toBe(1);
    jwks.keys = [other.jwk];
    expect(await judge(await sign(other))).toMatch(/key that is not known/);
    expect(jwks.requests).toBe(1);
    vi.setSystemTime(Date.now() + 1001);
    expect(await judge(await sign(other))).toMatchObject({ subject: "till" });
    expect(await judge(await sign(pair))).toMatch(/key that is not known/);
    expect(jwks.requests).toBe(2);
    await jwks.close();
  });

  it("that are not to be had refuse the token, and are asked for again", async () => {
    const jwks = await startJwks([pair.jwk]);
    jwks.status = 500;
    const judge = create({ jwksUrl: jwks.url });
    const token = await sign(pair);
    expect(await judge(token)).toBe("keys for tokens are not to be had");
    jwks.status = 200;
    expect(await judge(token)).toMatchObject({ subject: "till" });
    await jwks.close();
  });

  it("that are not to be had are no hindrance to those in a file", async () => {
    const jwks = await startJwks([]);
    await jwks.close();
    const judge = create({ jwksUrl: jwks.url, keysFile: keep(pair.jwk) });
    expect(await judge(await sign(pair))).toMatchObject({ subject: "till" });
    expect(await judge(await sign(other))).toBe("keys for tokens are not to be had");
  });

  it("are no secrets, whatever the set says", async () => {
    const secret = Buffer.alloc(32, 7);
    const jwks = await startJwks([{ kty: "oct", k: secret.toString("base64url"), kid: "s", alg: "HS256" }]);
    const judge = create({ jwksUrl: jwks.url });
    const token = await new SignJWT({}).setProtectedHeader({ alg: "HS256", kid: "s" }).sign(secret);
    expect(await judge(token)).toMatch(/key that is not known/);
    await jwks.close();
  });

  it("are each tried where a token names none", async () => {
    const jwks = await startJwks([pair, other].map(({ jwk: { kid: _, ...jwk } }) => jwk));
    const judge = create({ jwksUrl: jwks.url });
    for (const signer of [pair, other]) {
      expect(await judge(await sign(signer, { header: { kid: undefined } }))).toMatchObject({ subject: "till" });
    }
    await jwks.close();
  });
});
