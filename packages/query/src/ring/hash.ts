/** Offset basis and prime of FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Between application and id, so that moving a character from one to the other changes the hash. */
const SEPARATOR = 0;

/**
 * Hashes text to 0 … 2^32−1: FNV-1a over its UTF-16 code units, low byte first, finished by {@link mix32}.
 * Stable across processes and machines; not for secrets.
 */
export function hashText(text: string): number {
  return mix32(absorb(FNV_OFFSET, text));
}

/** A member's place on the ring, from its application and id alone. */
export function hashMember(application: string, id: string): number {
  return mix32(absorb(Math.imul(absorb(FNV_OFFSET, application) ^ SEPARATOR, FNV_PRIME), id));
}

/** The finaliser of MurmurHash3 x86_32 (Appleby, public domain): every input bit reaches every output bit. */
export function mix32(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function absorb(state: number, text: string): number {
  let h = state;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), FNV_PRIME);
    h = Math.imul(h ^ (unit >>> 8), FNV_PRIME);
  }
  return h;
}
