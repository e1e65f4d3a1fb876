import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import type { Report, Task } from "../clients/peer.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";

interface Scale {
  readonly messages: number;
  readonly rounds: number;
}

const full: Scale = { messages: 50_000, rounds: 11 };
const quick: Scale = { messages: 1000, rounds: 2 };

/** Messages under way at once. */
const window = 500;

interface Clients extends AsyncDisposable {
  run(task: Task): Promise<Report>;
}

/** The client SDK against the least that a client can be, through the same server. */
export const sdk: Bench = {
  name: "sdk",
  summary: "messages per second from one client of the SDK to another, against bare ws clients that speak JSON",
  run(options) {
    const scale = options.quick ? quick : full;
    return withSubjects([startServer(options)], async ([server]) => {
      await using sdkClients = await startClients("sdk", server.port);
      await using bareClients = await startClients("bare", server.port);
      const task = { messages: scale.messages, window };
      const runs = {
        plain: () => sdkClients.run({ ...task, receipts: false }),
        bare: () => bareClients.run({ ...task, receipts: false }),
        receipts: () => sdkClients.run({ ...task, receipts: true }),
      };
      await interleave(2, runs);
      const measured = await interleave(scale.rounds, runs);
      return [
        createRow("without receipts", measured.plain, measured.bare, scale.messages, { bound: "at least", value: 0.7 }),
        createRow("each with its receipt", measured.receipts, measured.bare, scale.messages, null),
      ];
    });
  },
};

function createRow(
  name: string,
  subject: readonly Report[],
  control: readonly Report[],
  messages: number,
  target: Target | null,
): Row {
  const perSecond = (reports: readonly Report[]): number[] => reports.map(({ seconds }) => messages / seconds);
  const perCpuSecond = (reports: readonly Report[]): number =>
    summarise(reports.map(({ cpuSeconds }) => messages / cpuSeconds)).median;
  return {
    name,
    unit: "messages/s",
    subject: summarise(perSecond(subject)),
    control: summarise(perSecond(control)),
    score: summariseRatios(perSecond(subject), perSecond(control)),
    scoreUnit: "×",
    target,
    extras: { "messages/CPU s": perCpuSecond(subject), "control messages/CPU s": perCpuSecond(control) },
  };
}

async function startClients(kind: "sdk" | "bare", port: number): Promise<Clients> {
  const child = fork(join(import.meta.dirname, "clients.js"), [kind, String(port)]);
  await once(child, "message");
  return {
    async run(task) {
      child.send(task);
      return (await once(child, "message"))[0] as Report;
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}
