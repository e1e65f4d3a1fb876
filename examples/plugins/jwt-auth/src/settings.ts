/** Whose tokens are believed. */
export interface Settings {
  /** Where their keys are, as a JSON Web Key Set. */
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
  /** How tokens may be signed. Never with a secret: who only checks tokens could make some. */
  readonly algorithms: readonly string[];
}

const asymmetric = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/;

/** Reads `pluginSettings["jwt-auth"]`. @throws TypeError that says what is wrong */
export function readSettings(given: unknown): Settings {
  const {
    jwksUrl,
    issuer,
    audience,
    algorithms = ["ES256", "RS256"],
    ...rest
  } = (given ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`${unknown}: there is no such setting`);
  if (typeof jwksUrl !== "string" || !URL.canParse(jwksUrl)) throw new TypeError("jwksUrl: an address");
  if (typeof issuer !== "string" || issuer === "") throw new TypeError("issuer: who issues tokens");
  if (typeof audience !== "string" || audience === "") throw new TypeError("audience: whom tokens are for");
  if (!Array.isArray(algorithms) || algorithms.length === 0) throw new TypeError("algorithms: a list");
  for (const algorithm of algorithms) {
    if (!asymmetric.test(algorithm)) throw new TypeError(`algorithms: ${algorithm} has no public key`);
  }
  return { jwksUrl: new URL(jwksUrl), issuer, audience, algorithms };
}
