import type { LookupKind } from "../compile/lookup.ts";
import type { Member } from "../member/member.ts";
import type { Path } from "../path/path.ts";

/** What every index offers the population that keeps it. Slots are the population's. */
export interface PathIndexBase {
  readonly kind: LookupKind;
  readonly path: Path;
  /** Files what the member has at the path now, in place of what was filed for the slot. Answers how many entries changed. */
  set(slot: number, member: Member): number;
  /** Forgets the slot. */
  remove(slot: number): void;
  /** The member at `from` sits at `to` now; `to` is vacant. */
  move(from: number, to: number): void;
}
