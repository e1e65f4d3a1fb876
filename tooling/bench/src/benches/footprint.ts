import type { Bench } from "../bench.ts";
import { cutConnections, type Introduction, openConnections } from "../load/connection.ts";
import { introduceBystanders } from "../load/population.ts";
import { settledMemory } from "../measure/proc.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise } from "../measure/stats.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";

interface Scale {
  readonly clients: number;
  readonly rounds: number;
  readonly settleMs: number;
}

const full: Scale = { clients: 10_000, rounds: 5, settleMs: 12_000 };
const quick: Scale = { clients: 200, rounds: 1, settleMs: 500 };

/** Memory that idle clients hold, as shipped: no collection is asked for, none is prevented. */
export const footprint: Bench = {
  name: "footprint",
  summary: "resident memory of 10,000 idle identified clients with ten keys, against bare connections; fresh processes",
  async run(options) {
    const { clients, rounds, settleMs } = options.quick ? quick : full;
    const introductions = introduceBystanders("client", 0, clients);
    const measured = await interleave(rounds, {
      server: () => measureGrowth(startServer(options), introductions, settleMs),
      control: () => measureGrowth(startControl("idle"), introductions, settleMs),
    });
    return [
      {
        name: `${clients} idle clients: more than bare`,
        unit: "kB/client",
        subject: summarise(measured.server),
        control: summarise(measured.control),
        score: summarise(measured.server.map((kilobytes, round) => kilobytes - measured.control[round]!)),
        scoreUnit: "kB",
        target: { bound: "at most", value: 4 },
        extras: {},
      },
    ];
  },
};

/** By how many kilobytes (1,024) a process grows per connection. */
function measureGrowth(
  starting: Promise<Subject>,
  introductions: readonly Introduction[],
  settleMs: number,
): Promise<number> {
  return withSubjects([starting], async ([subject]) => {
    const before = await settledMemory(subject.pid, settleMs);
    const connections = await openConnections(subject.port, introductions, 100);
    const after = await settledMemory(subject.pid, settleMs);
    cutConnections(connections);
    return (after.residentBytes - before.residentBytes) / 1024 / introductions.length;
  });
}
