import type { Bench } from "../bench.ts";
import { cutConnections, openConnections } from "../load/connection.ts";
import { introduceBystanders } from "../load/population.ts";
import { cpuNanoseconds, settleCpu } from "../measure/proc.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";

interface Scale {
  readonly clients: number;
  readonly rounds: number;
}

const full: Scale = { clients: 2000, rounds: 9 };
const quick: Scale = { clients: 100, rounds: 2 };

/** Connections under way at once. */
const atATime = 64;

interface Storm {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

/** A storm of clients that connect and identify. */
export const connect: Bench = {
  name: "connect",
  summary:
    "clients that connect and identify per CPU second, against a bare upgrade with the same two frames out, one in",
  run(options) {
    const { clients, rounds } = options.quick ? quick : full;
    return withSubjects([startServer(options), startControl("idle")], async ([server, control]) => {
      const storms = { server: () => runStorm(server, clients), control: () => runStorm(control, clients) };
      await interleave(2, storms);
      const measured = await interleave(rounds, storms);
      const perCpuSecond = (name: "server" | "control"): number[] => measured[name].map((storm) => storm.perCpuSecond);
      const perSecond = (name: "server" | "control"): number =>
        summarise(measured[name].map((storm) => storm.perSecond)).median;
      return [
        {
          name: `${clients} clients, ${atATime} at a time`,
          unit: "connects/CPU s",
          subject: summarise(perCpuSecond("server")),
          control: summarise(perCpuSecond("control")),
          score: summariseRatios(perCpuSecond("server"), perCpuSecond("control")),
          scoreUnit: "×",
          target: { bound: "at least", value: 0.5 },
          extras: { "connects/s": perSecond("server"), "control connects/s": perSecond("control") },
        },
      ];
    });
  },
};

/** Lets everyone in, measures, and has everyone gone before it returns; leaving is not measured. */
async function runStorm({ pid, port }: Subject, clients: number): Promise<Storm> {
  const introductions = introduceBystanders("client", 0, clients);
  await settleCpu(pid, 50);
  const before = cpuNanoseconds(pid);
  const started = performance.now();
  const connections = await openConnections(port, introductions, atATime);
  const seconds = (performance.now() - started) / 1000;
  await settleCpu(pid, 20);
  const spent = cpuNanoseconds(pid) - before;
  cutConnections(connections);
  await settleCpu(pid, 100);
  return { perCpuSecond: (clients * 1e9) / spent, perSecond: clients / seconds };
}
