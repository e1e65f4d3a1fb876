import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWK, SignJWT } from "jose";

export const issuer = "https://issuer.test";
export const audience = "singyeong";

/** A pair of keys, the public one as JWK with its name. */
export interface Pair {
  readonly id: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

export async function createPair(id: string, alg: "RS256" | "ES256" | "EdDSA" = "ES256"): Promise<Pair> {
  const { privateKey, publicKey } =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : alg === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("ed25519");
  const jwk = { ...(await exportJWK(publicKey)), kid: id, alg };
  return { id, alg, privateKey, publicKey, jwk };
}

export interface TokenContent {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** A token by a pair, for the usual issuer and audience unless it says otherwise. */
export function sign(pair: Pair, { claims = {}, header = {} }: TokenContent = {}): Promise<string> {
  const content = { iss: issuer, aud: audience, sub: "till", ...claims };
  return new SignJWT(content).setProtectedHeader({ alg: pair.alg, kid: pair.id, ...header }).sign(pair.privateKey);
}

/** A JWK set at an address on this machine, which can change, fail and hang. */
export interface JwksServer {
  readonly url: string;
  keys: readonly JWK[];
  status: number;
  /** How often it was asked. */
  requests: number;
  close(): Promise<void>;
}

export async function startJwks(keys: readonly JWK[]): Promise<JwksServer> {
  const server: Server = createServer((_request, response) => {
    jwks.requests++;
    response.writeHead(jwks.status, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: jwks.keys }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const jwks: JwksServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keys,
    status: 200,
    requests: 0,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
  return jwks;
}
