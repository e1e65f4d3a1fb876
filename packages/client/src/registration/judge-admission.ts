import { SingyeongError } from "../errors.ts";
import type { ResolvedOptions } from "../options/resolve.ts";
import type { Admission } from "../session/answers.ts";

/**
 * Refuses to live in restricted mode with a password: whoever gives one expects it to count. (Servers answer a wrong
 * password with restricted mode, and so do those that have none.)
 */
export function judgeAdmission({ restricted }: Admission, auth: ResolvedOptions["auth"]): SingyeongError | null {
  if (!restricted || auth === null) return null;
  return new SingyeongError("client/wrong-password", "the server does not take this password or token");
}
