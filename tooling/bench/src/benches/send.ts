import type { Bench } from "../bench.ts";
import { measureLatency } from "../load/latency.ts";
import type { Route } from "../load/route.ts";
import { createTraffics, gatewayCount, openRelayRoute, openServerRoutes } from "../load/send-routes.ts";
import { type FlowRound, measureFlow, summariseLatency } from "../measure/flow.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";

interface Scale {
  readonly clients: number;
  readonly spread: number;
  readonly rounds: number;
  readonly messages: number;
  readonly pacedRounds: number;
  readonly pacedMessages: number;
}

const full: Scale = {
  clients: 10_000,
  spread: 1000,
  rounds: 7,
  messages: 100_000,
  pacedRounds: 3,
  pacedMessages: 10_000,
};
const quick: Scale = { clients: 300, spread: 100, rounds: 2, messages: 2000, pacedRounds: 1, pacedMessages: 1000 };

/** Messages under way: about 64 kB for each of four senders, and eight times that. */
const window = 1100;
const deepWindow = 8 * window;
const pacePerSecond = 5000;

const target: Target = { bound: "at most", value: 0.8 };

/** What is measured over one route. */
interface Lane {
  readonly subject: Subject;
  readonly route: Route;
  readonly window: number;
}

/** SEND through the server against relays that route nothing. */
export const send: Bench = {
  name: "send",
  summary:
    "CPU per message of SEND to exactly one of 10,000 clients, against relays that parse, print and do not route",
  run(options) {
    const scale = options.quick ? quick : full;
    const controls = [
      startControl("relay"),
      startControl("relay"),
      startControl("echo"),
      startControl("batched"),
    ] as const;
    return withSubjects([startServer(options), ...controls], async ([server, relay, wideRelay, echo, batched]) => {
      const traffics = createTraffics(scale.spread);
      const routes = await openServerRoutes(server.port, scale, traffics);
      const wide = await openRelayRoute(wideRelay.port, scale.spread, traffics.spread);
      const lane = (subject: Subject, route: Route, under = window): Lane => ({ subject, route, window: under });
      return measureLanes(scale, {
        gateways: lane(server, routes.gateways),
        relay: lane(relay, await openRelayRoute(relay.port, gatewayCount, traffics.gateways)),
        echo: lane(echo, await openRelayRoute(echo.port, 0, traffics.gateways)),
        batched: lane(batched, await openRelayRoute(batched.port, gatewayCount, traffics.gateways)),
        spread: lane(server, routes.spread),
        wideRelay: lane(wideRelay, wide),
        deep: lane(server, routes.spread, deepWindow),
        deepRelay: lane(wideRelay, wide, deepWindow),
      });
    });
  },
};

type LaneName = "gateways" | "relay" | "echo" | "batched" | "spread" | "wideRelay" | "deep" | "deepRelay";

async function measureLanes(scale: Scale, lanes: Record<LaneName, Lane>): Promise<Row[]> {
  const names = Object.keys(lanes) as LaneName[];
  const subjects = <T>(measure: (lane: Lane) => Promise<T>): Record<LaneName, () => Promise<T>> =>
    Object.fromEntries(names.map((name) => [name, () => measure(lanes[name])])) as Record<LaneName, () => Promise<T>>;
  const flow = subjects((lane) =>
    measureFlow(lane.subject, lane.route, { messages: scale.messages, window: lane.window }),
  );
  await interleave(1, flow);
  const rounds = await interleave(scale.rounds, flow);
  const paced = await interleave(
    scale.pacedRounds,
    subjects(({ route }) =>
      // An echo comes back to the one sender that paces.
      measureLatency(route.receivers === route.senders ? { ...route, receivers: route.senders.slice(0, 1) } : route, {
        messages: scale.pacedMessages,
        perSecond: pacePerSecond,
      }),
    ),
  );
  const row = (name: string, subject: LaneName, control: LaneName, judged: Target | null): Row =>
    createRow(name, rounds[subject], rounds[control], paced[subject], paced[control], judged);
  return [
    row("gateways (10 receivers) : relay", "gateways", "relay", target),
    row(`spread (${scale.spread} receivers) : relay`, "spread", "wideRelay", target),
    row(`spread, ${deepWindow} under way : relay`, "deep", "deepRelay", target),
    row("gateways : echo to the sender", "gateways", "echo", target),
    row("gateways : relay that batches writes", "gateways", "batched", null),
  ];
}

function createRow(
  name: string,
  subject: readonly FlowRound[],
  control: readonly FlowRound[],
  subjectPaced: readonly Float64Array[],
  controlPaced: readonly Float64Array[],
  judged: Target | null,
): Row {
  const cpu = (rounds: readonly FlowRound[]): number[] => rounds.map((round) => round.cpuMicroseconds);
  const rate = (rounds: readonly FlowRound[]): number =>
    summarise(rounds.map((round) => round.messagesPerSecond)).median;
  const [own, other] = [summariseLatency(subjectPaced), summariseLatency(controlPaced)];
  return {
    name,
    unit: "CPU µs/msg",
    subject: summarise(cpu(subject)),
    control: summarise(cpu(control)),
    score: summariseRatios(cpu(subject), cpu(control)),
    scoreUnit: "×",
    target: judged,
    extras: {
      "msg/s": rate(subject),
      "control msg/s": rate(control),
      "p50 µs": own.p50,
      "p99 µs": own.p99,
      "control p50 µs": other.p50,
      "control p99 µs": other.p99,
    },
  };
}
