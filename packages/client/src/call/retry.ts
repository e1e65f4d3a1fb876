import type { SingyeongError } from "../errors.ts";
import type { RetryOptions } from "./call.ts";

/** The longest and the first pause between two attempts, in milliseconds. */
const maxPauseMs = 5000;
const firstPauseMs = 100;

/** What may also be repeated where that does no harm: the callee or a connection was lost. */
const lost = new Set(["stream/peer-lost", "client/connection-lost"]);

/** Codes that are no application's own. */
const reserved = /^(client|dispatch|query|stream|route)\//;

/** Whether a call that failed may be repeated ([ST-22]): not where it would fail again for the same reason. */
export function mayRepeat({ code, delivered, retry }: SingyeongError, { idempotent }: RetryOptions): boolean {
  if (delivered === false) return retry === "later" || !reserved.test(code);
  return idempotent === true && (lost.has(code) || retry === "later");
}

/** How long to wait after so many attempts; `random` is from 0 to 1. */
export function pauseMs(attempts: number, random: number): number {
  return random * Math.min(maxPauseMs, firstPauseMs * 2 ** (attempts - 1));
}
