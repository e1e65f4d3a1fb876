import type { BenchOptions } from "../bench.ts";
import { type PartyRound, startParties } from "../measure/parties.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { startNats, startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";

interface Scale {
  readonly rounds: number;
  /** Calls in a round, one at a time and many at once. */
  readonly calls: readonly [one: number, many: number];
}

const full: Scale = { rounds: 9, calls: [5000, 30_000] };
const quick: Scale = { rounds: 2, calls: [100, 500] };

/** Calls under way at once. */
const windows = [64, 1] as const;

const target: Target = { bound: "at least", value: 1 };

interface CallRound extends PartyRound {
  readonly calls: number;
}

/**
 * Calls of the SDK against request and reply of NATS, and against moleculer over NATS: a caller and a callee each, of the
 * same generator. No rows where there is no NATS server.
 */
export async function measureClients(options: BenchOptions, natsPath: string | null): Promise<Row[]> {
  if (natsPath === null) return [];
  const scale = options.quick ? quick : full;
  const starting = [startServer(options), startNats(natsPath), startNats(natsPath)] as const;
  return withSubjects(starting, async ([server, natsServer, otherNatsServer]) => {
    await using singyeong = await startParties("singyeong", server);
    await using nats = await startParties("nats", natsServer);
    await using moleculer = await startParties("moleculer", otherNatsServer);
    const lanes: Record<string, () => Promise<CallRound>> = {};
    for (const window of windows) {
      const calls = scale.calls[window === 1 ? 0 : 1];
      for (const [name, parties] of Object.entries({ singyeong, nats, moleculer }))
        lanes[`${name} ${window}`] = async () => ({
          calls,
          ...(await parties.run({ kind: "calls", calls, window })),
        });
    }
    await interleave(2, lanes);
    const measured = await interleave(scale.rounds, lanes);
    const row = (other: string, window: number): Row =>
      createRow(
        `clients, ${window} under way : ${other === "nats" ? "NATS" : other}`,
        measured[`singyeong ${window}`]!,
        measured[`${other} ${window}`]!,
      );
    return ["nats", "moleculer"].flatMap((other) => windows.map((window) => row(other, window)));
  });
}

function createRow(name: string, subject: readonly CallRound[], control: readonly CallRound[]): Row {
  const perCpuSecond = (rounds: readonly CallRound[]): number[] =>
    rounds.map(({ calls, cpuSeconds }) => calls / cpuSeconds);
  const median = (rounds: readonly CallRound[], figure: (round: CallRound) => number): number =>
    summarise(rounds.map(figure)).median;
  const perSecond = ({ calls, seconds }: CallRound): number => calls / seconds;
  return {
    name,
    unit: "calls/CPU s",
    subject: summarise(perCpuSecond(subject)),
    control: summarise(perCpuSecond(control)),
    score: summariseRatios(perCpuSecond(subject), perCpuSecond(control)),
    scoreUnit: "×",
    target,
    extras: {
      "calls/s": median(subject, perSecond),
      "control calls/s": median(control, perSecond),
      "p50 µs": median(subject, ({ p50 }) => p50),
      "p99 µs": median(subject, ({ p99 }) => p99),
      "control p50 µs": median(control, ({ p50 }) => p50),
      "control p99 µs": median(control, ({ p99 }) => p99),
    },
  };
}
