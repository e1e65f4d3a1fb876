import type { Row } from "./report/row.ts";

export interface BenchOptions {
  /** Shrinks everything to a smoke run of a few seconds, whose figures mean nothing. */
  readonly quick: boolean;
  /** Has the server under test write CPU profiles into this directory; the profiler spends CPU time too, so figures are off. */
  readonly profileDirectory: string | null;
}

/** One benchmark. It starts what it measures and leaves nothing running. */
export interface Bench {
  readonly name: string;
  /** What is measured against what, in one sentence. */
  readonly summary: string;
  run(options: BenchOptions): Promise<readonly Row[]>;
}
