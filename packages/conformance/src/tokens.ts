import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, type JWK, SignJWT } from "jose";

export const issuer = "https://issuer.test";
export const audience = "singyeong";

/** A pair of keys by which tokens are signed, and checked. */
export interface Signer {
  readonly jwk: JWK;
  /** The public key. */
  readonly pem: string;
  /** A token for the usual issuer, audience and subject, whose claims say otherwise what they say. */
  sign(claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function createSigner(kid: string, alg: "RS256" | "ES256" = "ES256"): Promise<Signer> {
  const { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject } =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    pem: await exportSPKI(publicKey),
    sign(claims = {}) {
      const content = { iss: issuer, aud: audience, sub: "till", ...claims };
      return new SignJWT(content).setProtectedHeader({ alg, kid }).sign(privateKey);
    },
  };
}

/** Keys at an address of this machine, which change. */
export interface Jwks extends AsyncDisposable {
  readonly url: string;
  signers: readonly Signer[];
  /** How often they were asked for. */
  readonly requests: number;
}

export async function startJwks(signers: readonly Signer[]): Promise<Jwks> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: jwks.signers.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const jwks: Jwks = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    signers,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return jwks;
}

/** A token as its parts are written, whatever they say. */
export function assemble(header: object, claims: object, signature = ""): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}
