import fc from "fast-check";
import { expect, test } from "vitest";
import { createSeqSet } from "./seq-set.ts";

const seq = fc.oneof(fc.nat(10_000), fc.maxSafeNat());

test("it holds what a plain set holds", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), seq), { maxLength: 500 }), (steps) => {
      const plain = new Set<number>();
      const seqs = createSeqSet();
      for (const [adds, value] of [...steps, ...steps]) {
        if (adds) {
          plain.add(value);
          seqs.add(value);
        } else expect(seqs.delete(value)).toBe(plain.delete(value));
      }
      for (const value of steps.map(([, each]) => each)) expect(seqs.delete(value)).toBe(plain.delete(value));
    }),
  );
});
