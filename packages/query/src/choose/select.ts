import type { OrderKey, OrderKind } from "../compile/lookup.ts";
import { isNumber } from "../compile/relation.ts";
import { keyAt, kindAt } from "../index/ordered-index.ts";
import type { Member } from "../member/member.ts";
import type { Selector } from "../parse/selector.ts";
import { resolvePath } from "../path/resolve.ts";
import { closestToMean } from "./mean.ts";

/** The members that a selector keeps of those that matched: all that tie for the best. */
export function selectBest(selector: Selector, members: readonly Member[]): Member[] {
  if (selector.op === "$avg") return selectMean(selector, members);
  const { path } = selector;
  const lowest = selector.op === "$min";
  let best: Member[] = [];
  let bestKind: OrderKind | 3 = 3;
  let bestKey: OrderKey = 0;
  for (const member of members) {
    const kind = kindAt(path, member);
    if (kind < 0 || kind > bestKind) continue;
    const key = keyAt(path, member, kind as OrderKind);
    if (kind === bestKind && key === bestKey) {
      best.push(member);
      continue;
    }
    if (kind === bestKind && key < bestKey !== lowest) continue;
    best = [member];
    bestKind = kind as OrderKind;
    bestKey = key;
  }
  return best;
}

function selectMean(selector: Selector, members: readonly Member[]): Member[] {
  const holders: Member[] = [];
  const numbers: (number | bigint)[] = [];
  for (const member of members) {
    const value = resolvePath(selector.path, member);
    if (value === undefined || !isNumber(value)) continue;
    holders.push(member);
    numbers.push(value);
  }
  return closestToMean(numbers).map((i) => holders[i]!);
}
