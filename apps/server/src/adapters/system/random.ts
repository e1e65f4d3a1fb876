import { randomBytes } from "node:crypto";
import type { Random } from "../../ports/random.ts";

/** The runtime's own chance; bytes come from the operating system. */
export const systemRandom: Random = {
  unit: () => Math.random(),
  bytes: (size) => randomBytes(size),
};
