import { type ErrorCode, errors, type Value } from "@singyeong/protocol";

/** The body of ops 3 and 8. `text` fills in v1's `error` where the table leaves it open. */
export function failure(code: ErrorCode, extraInfo: Value, text?: string): { readonly [key: string]: Value } {
  return { error: errors[code].text ?? text ?? code, extra_info: extraInfo, code };
}
