import { type PipelineOptions, runPipeline } from "../load/pipeline.ts";
import type { Route } from "../load/route.ts";
import { cpuNanoseconds, settleCpu } from "./proc.ts";
import { percentile, summarise } from "./stats.ts";
import type { Subject } from "./subject.ts";

/** What one saturated round came to. */
export interface FlowRound {
  /** CPU time of the subject, user and system, in microseconds per message sent. */
  readonly cpuMicroseconds: number;
  readonly messagesPerSecond: number;
}

/** Runs one saturated round and measures the subject's CPU time over it. */
export function measureFlow(subject: Subject, route: Route, options: PipelineOptions): Promise<FlowRound> {
  return measureRound(subject, options.messages, () => runPipeline(route, options));
}

/** Measures a subject's CPU time over a round of so many messages; `run` resolves with the seconds that it took. */
export async function measureRound({ pid }: Subject, messages: number, run: () => Promise<number>): Promise<FlowRound> {
  await settleCpu(pid, 20);
  const before = cpuNanoseconds(pid);
  const seconds = await run();
  await settleCpu(pid, 20);
  const spent = cpuNanoseconds(pid) - before;
  return { cpuMicroseconds: spent / 1000 / messages, messagesPerSecond: messages / seconds };
}

/** Medians over several paced runs, in microseconds. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p99: number;
}

/** Sums up paced runs by the median of their percentiles: one stall of the machine then spoils one run only. */
export function summariseLatency(runs: readonly Float64Array[]): LatencyFigures {
  const at = (share: number): number => summarise(runs.map((samples) => percentile(samples, share))).median;
  return { p50: at(0.5), p99: at(0.99) };
}
