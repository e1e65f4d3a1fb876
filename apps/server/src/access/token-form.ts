const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;
const maxHeaderLength = 4096;

/**
 * Whether a secret is a token by its form ([AU-3]): three parts of base64url, the last of them perhaps empty, the first of
 * which is a JSON map. Whether it is one to believe is another question.
 */
export function isTokenForm(secret: string): boolean {
  const end = secret.indexOf(".");
  if (end === -1 || end > maxHeaderLength || !form.test(secret)) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(secret.slice(0, end), "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && !Array.isArray(header);
  } catch {
    return false;
  }
}
