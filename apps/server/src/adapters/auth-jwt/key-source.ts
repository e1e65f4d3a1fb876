import {
  type CryptoKey,
  createRemoteJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type KeyObject,
} from "jose";
import { SettingError } from "../../kernel/setting-error.ts";
import { watchFile } from "../../kernel/watched-file.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { parseKeys, type TokenKey } from "./key-set.ts";

/** A token's protected header, and the token itself, as keys are found by. */
export interface KeyQuery {
  readonly header: JWSHeaderParameters;
  readonly token: FlattenedJWSInput;
}

export type KeyCandidate = CryptoKey | KeyObject;

/** Where keys for tokens come from. */
export interface KeySource {
  /** Keys that a token may be signed by, given its header; none where none fits. @throws where they are not to be had */
  find(query: KeyQuery): readonly KeyCandidate[] | Promise<readonly KeyCandidate[]>;
}

/** Public-key signatures: all that keys from an address may be used with, for whoever can read a secret there can sign by it. */
const publicAlgorithms: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** Keys in a file, read again when it changes. @throws SettingError where it cannot be read, or holds none, now */
export function createFileKeys(path: string, ports: { readonly clock: Clock; readonly logger: Logger }): KeySource {
  const file = watchFile("jwtKeys", path, parseKeys, ports);
  return {
    find({ header: { alg, kid } }) {
      const fits = ({ id, algorithms }: TokenKey): boolean =>
        algorithms.includes(alg!) && (id === null || kid === undefined || id === kid);
      return file
        .current()
        .filter(fits)
        .map(({ key }) => key);
    },
  };
}

/** Time to fetch keys. */
const timeoutMs = 5000;
/** How soon keys are fetched again for a token by a key that is not among them: rotation takes hold within this. */
const cooldownMs = 1000;
/** How long a key that is no longer at the address is believed. */
const maxAgeMs = 600_000;

/** A JWK set at an address: fetched when first needed, and again as keys change. @throws SettingError where it is none */
export function createRemoteKeys(url: string): KeySource {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) throw new SettingError(`jwksUrl: ${url}: no address of a JWK set`);
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
  });
  return {
    async find({ header, token }) {
      if (!publicAlgorithms.includes(header.alg!)) return [];
      try {
        return [await keys(header, token)];
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) return [];
        if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
        return collect(error);
      }
    },
  };
}

/** Keys of one set that may have to be tried for a token. */
const maxTried = 16;

async function collect(keys: AsyncIterable<CryptoKey>): Promise<readonly CryptoKey[]> {
  const found: CryptoKey[] = [];
  for await (const key of keys) if (found.push(key) === maxTried) break;
  return found;
}
