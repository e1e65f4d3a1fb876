import { PermissionClaims } from "@singyeong/protocol/schema";
import { decodeProtectedHeader, errors, type JWSHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import { Compile } from "typebox/compile";
import type { Authenticator, Verdict } from "../../ports/authenticator.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { createFileKeys, createRemoteKeys, type KeyCandidate, type KeySource } from "./key-source.ts";
import { createVerdictCache } from "./verdict-cache.ts";

export interface TokenOptions {
  /** A file of keys, and the address of a JWK set; `""` is none. At least one is given; both together count. */
  readonly keysFile: string;
  readonly jwksUrl: string;
  /** `""` is anyone. */
  readonly issuer: string;
  readonly audience: string;
}

/** What clocks may differ by ([AU-4]). */
const toleranceSeconds = 5;
const maxTokenLength = 16_384;
const maxSubjectLength = 1024;
/** How long a token that was let in is not looked at again: so long a key that was taken away goes on being believed. */
const trustedMs = 60_000;

const claimsShape = Compile(PermissionClaims);

/** A verified token, or why it is none; `isForged` where nobody who may sign tokens signed it. */
type Verified =
  | { readonly ok: true; readonly payload: JWTPayload }
  | { readonly ok: false; readonly reason: string; readonly isForged: boolean };

/**
 * Tokens signed by keys that are known (docs/protocol/auth.md). Whatever is wrong with one, its bearer is refused: there
 * is no restricted mode, and nothing else is tried.
 * @throws SettingError where a file of keys cannot be used, or an address is none
 */
export function createTokenAuthenticator(
  options: TokenOptions,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Authenticator {
  const sources: KeySource[] = [];
  if (options.keysFile !== "") sources.push(createFileKeys(options.keysFile, { clock, logger }));
  if (options.jwksUrl !== "") sources.push(createRemoteKeys(options.jwksUrl));

  const cache = createVerdictCache();

  /** The keys to try, and whether there may be others that are not to be had now. */
  async function findKeys(token: string, header: JWSHeaderParameters) {
    const [, payload, signature] = token.split(".") as [string, string, string];
    const query = { header, token: { payload, signature, header } };
    const found = await Promise.allSettled(sources.map(async (source) => source.find(query)));
    const lost = found.find((outcome) => outcome.status === "rejected");
    if (lost !== undefined) logger.warn({ err: lost.reason }, "keys for tokens are not to be had");
    const keys = found.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
    return { keys, isWhole: lost === undefined };
  }

  async function verify(token: string): Promise<Verified> {
    const header = decodeHeader(token);
    const { alg } = header ?? {};
    if (header === null || alg === undefined) return forged("token is malformed");
    if (!/^(?:[RPEH]S(?:256|384|512)|EdDSA|Ed25519)$/.test(alg)) return forged(`token has algorithm ${quote(alg)}`);
    const { keys, isWhole } = await findKeys(token, header);
    for (const key of keys) {
      const verified = await verifyBy(token, key, alg);
      if (verified !== null) return verified;
    }
    if (!isWhole) return unfit("keys for tokens are not to be had");
    // Nobody guesses: keys that have just changed are not known everywhere at once.
    if (keys.length === 0) return unfit("token is signed by a key that is not known");
    return forged("token has a signature that does not fit");
  }

  /** `null` where the key is another one. */
  async function verifyBy(token: string, key: KeyCandidate, alg: string): Promise<Verified | null> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [alg],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(clock.now()),
        ...(options.issuer === "" ? {} : { issuer: options.issuer }),
        ...(options.audience === "" ? {} : { audience: options.audience }),
      });
      return { ok: true, payload };
    } catch (error) {
      return error instanceof errors.JWSSignatureVerificationFailed ? null : explain(error);
    }
  }

  async function judgeAnew(token: string): Promise<Verdict> {
    const verified = await verify(token);
    if (!verified.ok) return fail(verified.reason, verified.isForged);
    const verdict = grant(verified.payload);
    if (!verdict.ok) return verdict;
    const { expiresAtMs } = verdict.grant;
    const nowMs = clock.now();
    cache.add(token, verdict, Math.min(nowMs + trustedMs, expiresAtMs ?? Number.POSITIVE_INFINITY));
    return verdict;
  }

  return {
    judge({ secret }) {
      if (secret === null || secret.length > maxTokenLength) return fail("token is too long", true);
      return cache.get(secret, clock.now()) ?? judgeAnew(secret);
    },
  };
}

function grant({ exp, sub, singyeong: claims = {} }: JWTPayload): Verdict {
  if (!claimsShape.Check(claims)) {
    const reasons = claimsShape.Errors(claims).map((fault) => `singyeong${fault.instancePath}: ${fault.message}`);
    return { ok: false, code: "auth/failed", reasons: reasons.slice(0, 16), isWrong: false };
  }
  if (sub !== undefined && (typeof sub !== "string" || sub.length > maxSubjectLength)) {
    return fail("token has a subject that is no text, or a long one", false);
  }
  const expiresAtMs = exp === undefined ? null : Math.min((exp + toleranceSeconds) * 1000, Number.MAX_SAFE_INTEGER);
  return {
    ok: true,
    grant: { restricted: false, permissions: claims, expiresAtMs, subject: sub ?? null },
    isWrong: false,
  };
}

function decodeHeader(token: string): JWSHeaderParameters | null {
  try {
    const header = decodeProtectedHeader(token);
    return typeof header.alg === "string" ? header : null;
  } catch {
    return null;
  }
}

/** What is wrong with a token; claims are only looked at behind the signature. */
function explain(error: unknown): Verified {
  if (error instanceof errors.JWTExpired) return unfit("token expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    const isEarly = claim === "nbf" && reason === "check_failed";
    const said = isEarly ? "token is not valid yet" : `token has ${reason === "missing" ? "no" : "another"} ${claim}`;
    return unfit(said);
  }
  return error instanceof errors.JWTInvalid ? unfit("token is malformed") : forged("token is malformed");
}

const unfit = (reason: string): Verified => ({ ok: false, reason, isForged: false });
const forged = (reason: string): Verified => ({ ok: false, reason, isForged: true });

function fail(reason: string, isWrong: boolean): Verdict {
  return { ok: false, code: "auth/failed", reasons: [reason], isWrong };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 32));
}
