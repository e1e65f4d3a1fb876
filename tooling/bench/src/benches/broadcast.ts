import type { Bench } from "../bench.ts";
import { openConnections } from "../load/connection.ts";
import { introduceBystanders, introduceReceivers, introduceSenders } from "../load/population.ts";
import type { Route } from "../load/route.ts";
import { createBroadcastTraffic } from "../load/traffic.ts";
import { type FlowRound, measureFlow } from "../measure/flow.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";
import type { Row } from "../report/row.ts";

interface Scale {
  readonly receivers: number;
  readonly rounds: number;
  readonly broadcasts: number;
}

const full: Scale = { receivers: 1000, rounds: 9, broadcasts: 150 };
const quick: Scale = { receivers: 100, rounds: 2, broadcasts: 20 };

/** One at a time both sides make one write per delivery; of several the server makes fewer, so that is only to be read. */
const windows = [1, 8] as const;

/** BROADCAST against a loop over sockets. */
export const broadcast: Bench = {
  name: "broadcast",
  summary: "deliveries per CPU second of BROADCAST to 1,000 clients, against a loop that sends the same ready bytes",
  run(options) {
    const scale = options.quick ? quick : full;
    return withSubjects([startServer(options), startControl("broadcast")], async ([server, control]) => {
      const traffic = createBroadcastTraffic();
      const openRoute = async (
        { port }: Subject,
        introductions: ReturnType<typeof introduceReceivers>,
      ): Promise<Route> => ({
        senders: await openConnections(port, introduceSenders(1), 1),
        receivers: await openConnections(port, introductions, 100),
        traffic,
        fansOut: true,
      });
      const serverRoute = await openRoute(server, introduceBystanders("client", 0, scale.receivers));
      const controlRoute = await openRoute(control, introduceReceivers(scale.receivers));
      const rows: Row[] = [];
      for (const window of windows) {
        const flow = {
          server: () => measureFlow(server, serverRoute, { messages: scale.broadcasts, window }),
          control: () => measureFlow(control, controlRoute, { messages: scale.broadcasts, window }),
        };
        await interleave(1, flow);
        const measured = await interleave(scale.rounds, flow);
        rows.push(createRow(window, measured.server, measured.control, scale.receivers));
      }
      return rows;
    });
  },
};

function createRow(
  window: number,
  server: readonly FlowRound[],
  control: readonly FlowRound[],
  receivers: number,
): Row {
  const perCpuSecond = (rounds: readonly FlowRound[]): number[] =>
    rounds.map(({ cpuMicroseconds }) => (receivers * 1e6) / cpuMicroseconds);
  const perSecond = (rounds: readonly FlowRound[]): number =>
    summarise(rounds.map(({ messagesPerSecond }) => messagesPerSecond * receivers)).median;
  return {
    name: window === 1 ? "one at a time" : `${window} at a time`,
    unit: "deliveries/CPU s",
    subject: summarise(perCpuSecond(server)),
    control: summarise(perCpuSecond(control)),
    score: summariseRatios(perCpuSecond(server), perCpuSecond(control)),
    scoreUnit: "×",
    target: window === 1 ? { bound: "at least", value: 0.9 } : null,
    extras: { "deliveries/s": perSecond(server), "control deliveries/s": perSecond(control) },
  };
}
