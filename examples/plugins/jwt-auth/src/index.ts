import { type AuthOutcome, definePlugin, type Permissions } from "@singyeong/plugin";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { readSettings } from "./settings.ts";

/** Three parts of base64url: anything else is a password, and none of our business. */
const form = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** What is wrong with a token; other errors are about the keys, or ours. */
const aboutTokens: ReadonlySet<string> = new Set([
  errors.JOSEAlgNotAllowed.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
]);

/** Lets clients in by tokens of an issuer; what is no token is left to the server's own passwords. */
export default definePlugin({
  name: "jwt-auth",
  version: "1.0.0",

  settings: readSettings,

  load: ({ settings, metrics }) => ({
    state: {
      /** Fetched when the first token comes, kept, and fetched again for a key that is not known. */
      keys: createRemoteJWKSet(settings.jwksUrl),
      refused: metrics.counter("refused", "Tokens that were refused."),
    },
  }),

  async auth({ secret, client }, { settings, state, clock, logger }): Promise<AuthOutcome> {
    if (secret === null || !form.test(secret)) return null;
    try {
      const { payload } = await jwtVerify(secret, state.keys, {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms: [...settings.algorithms],
        requiredClaims: ["exp", "sub"],
        currentDate: new Date(clock.now()),
      });
      return toGrant(payload);
    } catch (error) {
      // Whoever cannot check a token lets nobody in: what is thrown is a refusal, and is logged and counted.
      if (!(error instanceof errors.JOSEError) || !aboutTokens.has(error.code)) throw error;
      state.refused.add();
      logger.info("a token was refused", { code: error.code, application: client?.application });
      const isExpired = error instanceof errors.JWTExpired;
      // One that was good is nobody's guess.
      return { ok: false, reason: isExpired ? "token expired" : "invalid token", isGuess: !isExpired };
    }
  },
});

/** The claim `singyeong` says what its bearer may do. The server checks its shape, and refuses what it does not know. */
function toGrant({ sub, exp, singyeong }: JWTPayload): AuthOutcome {
  return {
    ok: true,
    subject: sub!,
    expiresAtMs: exp! * 1000,
    ...(singyeong !== undefined && { permissions: singyeong as Permissions }),
  };
}
