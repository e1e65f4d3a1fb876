/** The numbers of a version, and what stands behind them. */
const version = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const range = /^(\^|>=)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?$/;

/** Whether text is a version such as `1.2.3` or `1.2.3-beta.1`. */
export function isVersion(text: string): boolean {
  return version.test(text);
}

/** Whether text is a range: `^1.2.3`, `>=1.2`, `1.2.3`. */
export function isRange(text: string): boolean {
  return range.test(text);
}

/**
 * Whether a version is in a range. `^` keeps the first number that is not zero, `>=` is that one or later; without either it
 * is that version, as far as it is written out. A version with something behind its numbers, such as a beta, is only meant by
 * its own name.
 */
export function isInRange(text: string, wanted: string): boolean {
  const [, major, minor, patch, pre = ""] = version.exec(text) ?? [];
  const [, operator, ...limits] = range.exec(wanted) ?? [];
  const wantedPre = limits.pop() ?? "";
  if (major === undefined || limits[0] === undefined) return false;
  const have = [major, minor, patch].map(Number);
  const least = limits.map((part) => (part === undefined ? null : Number(part)));
  const isSame = least.every((part, i) => part === null || part === have[i]);
  if (pre !== wantedPre) return false;
  if (pre !== "" || operator === undefined) return isSame;
  if (compare(have, least) < 0) return false;
  if (operator === ">=") return true;
  // What `^` keeps: up to the first number that is not zero, or all that are written out.
  const written = least.filter((part) => part !== null);
  const first = written.findIndex((part) => part !== 0);
  const kept = first === -1 ? written.length : first + 1;
  return written.slice(0, kept).every((part, i) => part === have[i]);
}

function compare(have: readonly number[], least: readonly (number | null)[]): number {
  for (const [i, part] of least.entries()) {
    const difference = have[i]! - (part ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
