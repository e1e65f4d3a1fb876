import { ensureNats, findNats } from "../../../services/nats.mjs";
import type { Bench, BenchOptions } from "../bench.ts";
import type { ControlMode } from "../control/mode.ts";
import { type CallReport, type CallRoute, openCallRoute } from "../load/call-route.ts";
import { createCpuRow, type TimedRound } from "../measure/cpu-row.ts";
import { measureRound } from "../measure/flow.ts";
import { interleave } from "../measure/rounds.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";
import { measureClients } from "./call-clients.ts";

interface Scale {
  readonly bystanders: number;
  readonly rounds: number;
  /** Calls in a round, one at a time and many at once. */
  readonly calls: readonly [one: number, many: number];
}

const full: Scale = { bystanders: 1000, rounds: 9, calls: [10_000, 50_000] };
const quick: Scale = { bystanders: 50, rounds: 2, calls: [100, 500] };

/** Calls under way at once. */
const windows = [1, 64, 256] as const;
/** The one at which the server is also compared with relays that do more, or better. */
const usualWindow = 64;

const target: Target = { bound: "at most", value: 1.5 };

/** Calls with one message each way, against relays and against others who do that. */
export const call: Bench = {
  name: "call",
  summary:
    "CPU per call that is answered with one message, against relays; calls per CPU second against NATS and moleculer",
  async run(options) {
    const scale = options.quick ? quick : full;
    const rows = await measureWire(options, scale);
    // A smoke run fetches nothing.
    return [...rows, ...(await measureClients(options, options.quick ? findNats() : ensureNats()))];
  },
};

function measureWire(options: BenchOptions, scale: Scale): Promise<Row[]> {
  const modes = ["pass", "pass-parsed", "pass-batched"] as const satisfies readonly ControlMode[];
  const [pass, parsed, batched] = modes.map((mode) => startControl(mode)) as [
    Promise<Subject>,
    Promise<Subject>,
    Promise<Subject>,
  ];
  return withSubjects([startServer(options), pass, parsed, batched], async ([server, pass, parsed, batched]) => {
    const through = await openCallRoute(server.port, scale.bystanders);
    const relay = await openCallRoute(pass.port, 0);
    const lanes: Record<string, () => Promise<TimedRound>> = {};
    const add = (name: string, subject: Subject, route: CallRoute, window: number): void => {
      const round = { calls: scale.calls[window === 1 ? 0 : 1], window };
      lanes[name] = () => measureCalls(subject, route, round);
    };
    for (const window of windows) {
      add(`server ${window}`, server, through, window);
      add(`pass ${window}`, pass, relay, window);
    }
    const [parsedRelay, batchedRelay] = [await openCallRoute(parsed.port, 0), await openCallRoute(batched.port, 0)];
    add("parsed", parsed, parsedRelay, usualWindow);
    add("batched", batched, batchedRelay, usualWindow);
    await interleave(2, lanes);
    const measured = await interleave(scale.rounds, lanes);
    for (const route of [through, relay, parsedRelay, batchedRelay]) route.close();
    const row = (name: string, window: number, control: string, judged: Target | null): Row =>
      createCpuRow(name, "call", measured[`server ${window}`]!, measured[control]!, judged);
    return [
      ...windows.map((window) => row(`wire, ${window} under way : relay`, window, `pass ${window}`, target)),
      row(`wire, ${usualWindow} under way : relay that parses and prints`, usualWindow, "parsed", null),
      row(`wire, ${usualWindow} under way : relay that batches writes`, usualWindow, "batched", null),
    ];
  });
}

async function measureCalls(
  subject: Subject,
  route: CallRoute,
  round: Parameters<CallRoute["run"]>[0],
): Promise<TimedRound> {
  let report: CallReport | null = null;
  const flow = await measureRound(subject, round.calls, async () => {
    report = await route.run(round);
    return report.seconds;
  });
  return { ...flow, samples: report!.samples };
}
