/** Whether a secret looks like a token: three parts of base64url. */
export function isToken(secret: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(secret);
}

/** Why a server refused a token, as the header `www-authenticate` says (RFC 6750, 3); empty where it does not. */
export function readReasons(challenge: string | null): readonly string[] {
  return /\berror_description="([^"]+)"/.exec(challenge ?? "")?.[1]?.split("; ") ?? [];
}
