/** The rule for keys a second time, in big integers and by trying everything; shares no code with src. */

const MASK = 0xffffffffn;

function mix(hash: bigint): bigint {
  let h = hash & MASK;
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & MASK;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & MASK;
  return h ^ (h >> 16n);
}

function fnv(bytes: Iterable<number>): bigint {
  let h = 0x811c9dc5n;
  for (const byte of bytes) h = ((h ^ BigInt(byte)) * 0x01000193n) & MASK;
  return h;
}

function bytesOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => [text.charCodeAt(i) & 255, text.charCodeAt(i) >> 8]).flat();
}

const points = new Map<string, bigint>();

function pointOf(application: string, id: string): bigint {
  const name = JSON.stringify([application, id]);
  let point = points.get(name);
  if (point === undefined) {
    point = mix(fnv([...bytesOf(application), 0, ...bytesOf(id)]));
    points.set(name, point);
  }
  return point;
}

/** The owner of a key among members. */
export function naiveOwner<T extends { application: string; id: string }>(
  key: string,
  members: readonly T[],
): T | null {
  const first = mix(fnv(bytesOf(key)));
  const step = mix(fnv(bytesOf(`${key}\u0001`))) | 1n;
  const probes = Array.from({ length: 21 }, (_, i) => mix(first + BigInt(i) * step));
  const rated = members.map((member) => {
    const point = pointOf(member.application, member.id);
    const distances = probes.map((probe) => (point - probe) & MASK);
    return { member, distance: distances.sort((a, b) => Number(a - b))[0]! };
  });
  if (rated.length === 0) return null;
  const name = ({ member }: { member: T }): string => JSON.stringify([member.application, member.id]);
  return rated.reduce((a, b) => (b.distance < a.distance || (b.distance === a.distance && name(b) < name(a)) ? b : a))
    .member;
}
