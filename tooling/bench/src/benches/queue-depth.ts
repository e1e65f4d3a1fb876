import type { BenchOptions } from "../bench.ts";
import { openQueueRoute, type SocketQueueRoute } from "../load/queue-route.ts";
import { measureRound } from "../measure/flow.ts";
import { type Memory, settledMemory } from "../measure/proc.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startServer, withSubjects } from "../measure/subject.ts";
import type { Row } from "../report/row.ts";

export interface DepthOptions {
  /** How many messages wait, few and many. */
  readonly depths: readonly [shallow: number, deep: number];
  readonly rounds: number;
  readonly messages: number;
  readonly window: number;
  readonly prefetch: number;
  /** How long to wait at most for memory to stand still. */
  readonly settleMs: number;
}

const megabyte = 1024 * 1024;

/**
 * The cost of a message while many wait against the cost while few do, in two servers that take turns; whatever is
 * taken out is replaced, so the depth stays. And what the many that wait take of memory.
 */
export function measureDepth(options: BenchOptions, depth: DepthOptions): Promise<Row[]> {
  const { depths, rounds, messages, window, prefetch, settleMs } = depth;
  return withSubjects([startServer(options), startServer(options)], async ([shallow, deep]) => {
    const open = ({ port }: Subject): Promise<SocketQueueRoute> =>
      openQueueRoute(port, { name: "deep", consumers: 1, targets: 1 });
    const routes = { shallow: await open(shallow), deep: await open(deep) };
    const before = await settledMemory(deep.pid, settleMs);
    await routes.shallow.preload(depths[0]);
    await routes.deep.preload(depths[1]);
    const after = await settledMemory(deep.pid, settleMs);
    const round = { messages, window, prefetch };
    const flow = {
      shallow: () => measureRound(shallow, messages, () => routes.shallow.run(round)),
      deep: () => measureRound(deep, messages, () => routes.deep.run(round)),
    };
    await interleave(2, flow);
    const measured = await interleave(rounds, flow);
    for (const route of Object.values(routes)) await route.close();
    const cpu = (name: "shallow" | "deep"): number[] => measured[name].map(({ cpuMicroseconds }) => cpuMicroseconds);
    return [
      {
        name: `depth, ${depths[1]} : ${depths[0]} waiting`,
        unit: "CPU µs/msg",
        subject: summarise(cpu("deep")),
        control: summarise(cpu("shallow")),
        score: summariseRatios(cpu("deep"), cpu("shallow")),
        scoreUnit: "×",
        target: { bound: "at most", value: 1.2 },
        extras: {},
      },
      createMemoryRow(depths[1], before, after),
    ];
  });
}

/** What of a process's memory is its own is judged; files that are mapped are the system's to drop, and stand beside it. */
function createMemoryRow(waiting: number, before: Memory, after: Memory): Row {
  const own = (memory: Memory) => summarise([memory.anonymousBytes / megabyte]);
  return {
    name: `memory, ${waiting} waiting : none`,
    unit: "MB",
    subject: own(after),
    control: own(before),
    score: summarise([(after.anonymousBytes - before.anonymousBytes) / megabyte]),
    scoreUnit: "MB",
    target: { bound: "at most", value: 300 },
    extras: {
      "resident MB": after.residentBytes / megabyte,
      "control resident MB": before.residentBytes / megabyte,
    },
  };
}
