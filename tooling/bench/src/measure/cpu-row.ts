import type { Row, Target } from "../report/row.ts";
import { type FlowRound, summariseLatency } from "./flow.ts";
import { summarise, summariseRatios } from "./stats.ts";

/** A round of which also is known how long each of its pieces took, in microseconds, ascending. */
export interface TimedRound extends FlowRound {
  readonly samples: Float64Array;
}

/** Compares what one piece of work costs two processes; `piece` is what it is called: `call`. */
export function createCpuRow(
  name: string,
  piece: string,
  subject: readonly TimedRound[],
  control: readonly TimedRound[],
  target: Target | null,
): Row {
  const cpu = (rounds: readonly TimedRound[]): number[] => rounds.map(({ cpuMicroseconds }) => cpuMicroseconds);
  const rate = (rounds: readonly TimedRound[]): number =>
    summarise(rounds.map(({ messagesPerSecond }) => messagesPerSecond)).median;
  const [own, other] = [subject, control].map((rounds) => summariseLatency(rounds.map(({ samples }) => samples)));
  return {
    name,
    unit: `CPU µs/${piece}`,
    subject: summarise(cpu(subject)),
    control: summarise(cpu(control)),
    score: summariseRatios(cpu(subject), cpu(control)),
    scoreUnit: "×",
    target,
    extras: {
      [`${piece}s/s`]: rate(subject),
      [`control ${piece}s/s`]: rate(control),
      "p50 µs": own!.p50,
      "p99 µs": own!.p99,
      "control p50 µs": other!.p50,
      "control p99 µs": other!.p99,
    },
  };
}
