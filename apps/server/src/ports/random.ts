/** Chance. Tests pass a seeded source. */
export interface Random {
  /** A number in [0, 1), uniform; need not be unpredictable. */
  unit(): number;
  /** `size` unpredictable bytes, for ids. */
  bytes(size: number): Uint8Array;
}
