/** From this size on a set keeps a map of where each slot stands; below, searching is quicker and smaller. */
const MAP_FROM = 32;

/** A set of population slots in one dense list, so that a uniform pick is one read. */
export interface SlotSet {
  readonly slots: number[];
  where: Map<number, number> | null;
}

/** Makes a set of two slots: a single one needs no set. */
export function createSlotSet(first: number, second: number): SlotSet {
  return { slots: [first, second], where: null };
}

/** Adds a slot that is not in the set. */
export function addSlot(set: SlotSet, slot: number): void {
  const { slots } = set;
  slots.push(slot);
  if (set.where !== null) set.where.set(slot, slots.length - 1);
  else if (slots.length >= MAP_FROM) set.where = new Map(slots.map((each, i) => [each, i]));
}

/** Removes a slot that is in the set; the last takes its place. */
export function removeSlot(set: SlotSet, slot: number): void {
  const { slots } = set;
  const at = placeOf(set, slot);
  const last = slots.pop()!;
  if (at < slots.length) {
    slots[at] = last;
    set.where?.set(last, at);
  }
  set.where?.delete(slot);
  if (slots.length < MAP_FROM / 2) set.where = null;
}

/** Lets `to` stand where `from` stood. */
export function renameSlot(set: SlotSet, from: number, to: number): void {
  const at = placeOf(set, from);
  set.slots[at] = to;
  if (set.where === null) return;
  set.where.delete(from);
  set.where.set(to, at);
}

function placeOf(set: SlotSet, slot: number): number {
  return set.where === null ? set.slots.indexOf(slot) : set.where.get(slot)!;
}
