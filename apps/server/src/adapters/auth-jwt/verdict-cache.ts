import { hash } from "node:crypto";
import type { Verdict } from "../../ports/authenticator.ts";

/** Tokens of one generation; two of them live. */
const maxTokens = 4096;

/** What was said of tokens lately: callers over HTTP show theirs with every request. */
export interface VerdictCache {
  get(token: string, nowMs: number): Verdict | undefined;
  add(token: string, verdict: Verdict, untilMs: number): void;
}

interface Kept {
  readonly verdict: Verdict;
  readonly untilMs: number;
}

/** Tokens themselves are not kept, only their digests. */
export function createVerdictCache(): VerdictCache {
  let young = new Map<string, Kept>();
  let old = new Map<string, Kept>();

  return {
    get(token, nowMs) {
      if (young.size === 0 && old.size === 0) return undefined;
      const key = hash("sha256", token, "base64");
      const kept = young.get(key) ?? old.get(key);
      return kept !== undefined && nowMs < kept.untilMs ? kept.verdict : undefined;
    },
    add(token, verdict, untilMs) {
      if (young.size >= maxTokens) {
        old = young;
        young = new Map();
      }
      young.set(hash("sha256", token, "base64"), { verdict, untilMs });
    },
  };
}
