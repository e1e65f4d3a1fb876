import type { Chance } from "./chance.ts";

/** Bytes that mean something in one of the encodings: lengths, signs, ends, tags. */
const telling = [0x00, 0x01, 0x7f, 0x80, 0xc1, 0xdf, 0xff, 0x22, 0x5c, 0x7b, 0x5d, 0x64, 0x6d, 0x6e, 0x6f, 0x74, 0x83];

/** Changes a frame in a few places. */
export function mutate(chance: Chance, original: Buffer, other: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let rounds = 1 + chance.below(4); rounds > 0; rounds--) bytes = mutateOnce(chance, bytes, other);
  return bytes;
}

function mutateOnce(chance: Chance, bytes: Buffer, other: Buffer): Buffer {
  const at = chance.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + 1 + chance.below(8));
  const cut = (insert: Buffer, resume: number): Buffer =>
    Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(resume)]);
  switch (chance.below(7)) {
    case 0:
      return cut(Buffer.from([chance.pick(telling)]), at + 1);
    case 1:
      return cut(Buffer.alloc(0), until);
    case 2:
      return cut(chance.bytes(1 + chance.below(6)), at);
    case 3:
      return cut(Buffer.concat([bytes.subarray(at, until), bytes.subarray(at, until)]), until);
    case 4:
      return cut(other.subarray(chance.below(other.length + 1)), bytes.length);
    case 5:
      return cut(Buffer.from([0xff, 0xff, 0xff, 0xff]), at + 4);
    default:
      return cut(Buffer.from([(bytes[at] ?? 0) ^ (1 << chance.below(8))]), at + 1);
  }
}
