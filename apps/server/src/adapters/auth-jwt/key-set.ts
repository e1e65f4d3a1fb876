import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from "node:crypto";

/** A key that tokens may be signed by. */
export interface TokenKey {
  /** `null` where it has no name: then tokens of any name may be signed by it. */
  readonly id: string | null;
  readonly key: KeyObject;
  /** What it may be used with: a signature by anything else is not even looked at. */
  readonly algorithms: readonly string[];
}

/** Keys in one file: each may have to be tried for a token that names none. */
const maxKeys = 64;
/** Shorter secrets can be guessed offline from any token. */
const minSecretBytes = 32;
const minRsaBits = 2048;

const rsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const curveAlgorithms: ReadonlyMap<string | undefined, string> = new Map([
  ["prime256v1", "ES256"],
  ["secp384r1", "ES384"],
  ["secp521r1", "ES512"],
]);

type Jwk = JsonWebKey & { readonly [field: string]: unknown };

/**
 * Reads keys: PEM blocks of public keys, a JWK, or a JWK set. HMAC secrets are JWKs of type `oct`, never PEM, and no
 * other key is ever used as a secret. Private keys do not belong here. @throws Error that says what is wrong
 */
export function parseKeys(text: string): readonly TokenKey[] {
  const keys = text.trimStart().startsWith("{") ? readJwks(JSON.parse(text) as Jwk) : readPem(text);
  if (keys.length === 0) throw new Error("it holds no key");
  if (keys.length > maxKeys) throw new Error(`it holds more than ${maxKeys} keys`);
  return keys;
}

function readPem(text: string): readonly TokenKey[] {
  const blocks = text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g);
  if (blocks === null) throw new Error("it is neither PEM nor JSON");
  return blocks.map((block) => {
    if (block.includes("PRIVATE KEY-----")) throw new Error("it holds a private key; public keys are enough");
    const key = createPublicKey(block);
    return { id: null, key, algorithms: algorithmsOf(key) };
  });
}

function readJwks(value: Jwk): readonly TokenKey[] {
  const jwks = Array.isArray(value.keys) ? (value.keys as Jwk[]) : [value];
  return jwks.filter(isForSignatures).map((jwk, i) => {
    try {
      return readJwk(jwk);
    } catch (error) {
      throw new Error(`key ${typeof jwk.kid === "string" ? jwk.kid : i}: ${(error as Error).message}`);
    }
  });
}

function isForSignatures({ use, key_ops: uses }: Jwk): boolean {
  return (use === undefined || use === "sig") && (!Array.isArray(uses) || uses.includes("verify"));
}

function readJwk(jwk: Jwk): TokenKey {
  if (jwk.kty !== "oct" && jwk.d !== undefined) throw new Error("it is a private key; the public one is enough");
  const key = jwk.kty === "oct" ? readSecret(jwk) : createPublicKey({ key: jwk, format: "jwk" });
  const fitting = algorithmsOf(key);
  const algorithms = jwk.alg === undefined ? fitting : fitting.filter((name) => name === jwk.alg);
  if (algorithms.length === 0) throw new Error(`it is no key for ${String(jwk.alg)}`);
  return { id: typeof jwk.kid === "string" ? jwk.kid : null, key, algorithms };
}

function readSecret({ k }: Jwk): KeyObject {
  const bytes = Buffer.from(typeof k === "string" ? k : "", "base64url");
  if (bytes.length < minSecretBytes) throw new Error(`a secret has at least ${minSecretBytes} bytes`);
  return createSecretKey(bytes);
}

function algorithmsOf(key: KeyObject): readonly string[] {
  if (key.type === "secret") return [256, 384, 512].filter((n) => key.symmetricKeySize! * 8 >= n).map((n) => `HS${n}`);
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case "rsa":
      if ((details?.modulusLength ?? 0) < minRsaBits) throw new Error(`an RSA key has at least ${minRsaBits} bits`);
      return rsaAlgorithms;
    case "ec": {
      const algorithm = curveAlgorithms.get(details?.namedCurve);
      if (algorithm !== undefined) return [algorithm];
      break;
    }
    case "ed25519":
      return ["EdDSA", "Ed25519"];
  }
  throw new Error(`keys of type ${key.asymmetricKeyType} ${details?.namedCurve ?? ""} are not supported`);
}
