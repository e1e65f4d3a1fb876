/** Longest version text accepted, in UTF-16 code units. */
export const MAX_VERSION_LENGTH = 1024;

/** The grammar of Semantic Versioning 2.0.0 (https://semver.org), its suggested expression. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

const END = "\u0000";
const NUMERIC = "\u0001";
const ALPHANUMERIC = "\u0002";
const RELEASE = "\u0003";

/**
 * Reads a semantic version as its precedence: a text that orders by UTF-16 code unit exactly as Semantic
 * Versioning 2.0.0 §11 orders versions, and is equal for equal precedence (build metadata is left out). So
 * comparing two versions is comparing two strings. `null` when the text is no version.
 *
 * Numbers are written with their length in front, so longer ones sort later; a pre-release identifier carries
 * its kind (numeric below alphanumeric), the end of the list sorts below any identifier, and a release above all.
 */
export function parsePrecedence(text: string): string | null {
  if (text.length > MAX_VERSION_LENGTH) return null;
  const match = SEMVER.exec(text);
  if (match === null) return null;
  const core = `${formatNumeric(match[1]!)}${formatNumeric(match[2]!)}${formatNumeric(match[3]!)}`;
  const prerelease = match[4];
  if (prerelease === undefined) return core + RELEASE;
  let precedence = core;
  for (const identifier of prerelease.split(".")) {
    precedence += isNumeric(identifier) ? NUMERIC + formatNumeric(identifier) : ALPHANUMERIC + identifier + END;
  }
  return precedence + END;
}

function formatNumeric(digits: string): string {
  return String.fromCharCode(digits.length) + digits;
}

function isNumeric(identifier: string): boolean {
  for (let i = 0; i < identifier.length; i++) {
    const unit = identifier.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return true;
}
