/** A header's name in lower case; `null` where it is none (RFC 9110, 5.6.2). */
export function readFieldName(text: string): string | null {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text) ? text.toLowerCase() : null;
}

/** Whether something is a header's value: text of one line, without control characters but tabs. */
export function isFieldValue(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && /^[\t\P{Cc}]*$/u.test(value);
}
