import { hashText, mix32 } from "./hash.ts";

/**
 * How often a key probes the ring. Appleton & O'Reilly, "Multi-Probe Consistent Hashing" (2015): with one point
 * per member, 21 probes keep the fullest member within about 5 % of the mean share.
 */
const PROBE_COUNT = 21;

/** The places where a key probes the ring, ascending, each 0 … 2^32−1. A pure function of the key. */
export function createProbes(key: string): Uint32Array {
  const first = hashText(key);
  const step = hashText(`${key}\u0001`) | 1;
  const probes = new Uint32Array(PROBE_COUNT);
  for (let i = 0; i < PROBE_COUNT; i++) probes[i] = mix32(first + Math.imul(i, step));
  return probes.sort();
}

/**
 * How far a point lies behind the nearest probe before it, clockwise. The member with the least distance owns the
 * key, the first by application and id among equals; so the owner depends on the key and the set alone, and a
 * member that leaves gives up just the keys it owned.
 */
export function probeDistance(probes: Uint32Array, point: number): number {
  let low = 0;
  let high = probes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (probes[middle]! <= point) low = middle + 1;
    else high = middle;
  }
  const probe = probes[low === 0 ? probes.length - 1 : low - 1]!;
  return (point - probe) >>> 0;
}

/**
 * The owner of a key among names (cluster nodes, say): the same rule as for members, with the name alone hashed.
 * `null` when there is none.
 */
export function chooseByKey(key: string, names: readonly string[]): string | null {
  const probes = createProbes(key);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = probeDistance(probes, hashText(name));
    if (distance > bestDistance || (distance === bestDistance && best !== null && best <= name)) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}
