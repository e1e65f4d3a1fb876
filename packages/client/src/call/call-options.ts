import { maxCredit } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import type { Target } from "../query/query.ts";
import { nameValue } from "../value/describe.ts";
import type { CallOptions } from "./call.ts";

/** Options of a call that have been checked: times are whole numbers of milliseconds. */
export interface ReadCallOptions extends CallOptions {
  readonly deadlineMs?: number | undefined;
  readonly waitMs?: number | undefined;
}

/**
 * Reads the options of a call.
 * @throws `client/invalid-options`; `stream/deadline` where no time is left
 */
export function readCallOptions(given: CallOptions): ReadCallOptions {
  const { retry, credit, codec } = given;
  if (retry !== undefined) {
    expect(typeof retry === "object" && retry !== null, "retry is {attempts}", retry);
    expect(isCount(retry.attempts), "retry.attempts is a whole number from 1 on", retry.attempts);
  }
  if (credit !== undefined) {
    expect(credit === 0 || (isCount(credit) && credit <= maxCredit), `credit is 0 to ${maxCredit}`, credit);
  }
  if (codec !== undefined) expect(typeof codec === "string" && codec !== "", "codec is the name of one", codec);
  const deadlineMs = readMs(given.deadlineMs, "deadlineMs");
  const waitMs = readMs(given.waitMs, "waitMs");
  if (deadlineMs !== undefined && deadlineMs <= 0)
    throw new SingyeongError("stream/deadline", "no time was left for it");
  if (deadlineMs === given.deadlineMs && waitMs === given.waitMs) return given as ReadCallOptions;
  return { ...given, deadlineMs, waitMs };
}

/** Lets a target and a method pass that a call can have. @throws `client/invalid-query`, `client/invalid-value` */
export function checkCallee(target: Target<never> | null, method: string): void {
  const isTarget = typeof target === "string" ? target !== "" : typeof target === "object" && target !== null;
  if (!isTarget) {
    throw new SingyeongError("client/invalid-query", `expected ${targets}, got ${nameValue(target)}`);
  }
  if (typeof method !== "string" || method === "") {
    throw new SingyeongError("client/invalid-value", `expected the name of a method, got ${nameValue(method)}`);
  }
}

const targets = "an application id, its declaration or a query";

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

/** Rounds up; what never ends is not given. */
function readMs(given: number | null | undefined, name: string): number | undefined {
  if (given == null || given === Number.POSITIVE_INFINITY) return undefined;
  expect(typeof given === "number" && !Number.isNaN(given), `${name} is a number of milliseconds`, given);
  return Math.max(0, Math.ceil(given));
}

function expect(isSo: boolean, rule: string, given: unknown): void {
  if (!isSo) throw new SingyeongError("client/invalid-options", `${rule}, not ${nameValue(given)}`);
}
