import type { Bench, BenchOptions } from "../bench.ts";
import { messageBytes } from "../load/payload.ts";
import { openStreamRoute, type StreamRoute, type StreamShape } from "../load/stream-route.ts";
import { type FlowRound, measureRound } from "../measure/flow.ts";
import { type PartyRound, startParties } from "../measure/parties.ts";
import { interleave } from "../measure/rounds.ts";
import { type Figure, summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startControl, startServer, withSubjects } from "../measure/subject.ts";
import type { Row } from "../report/row.ts";

interface Scale {
  readonly rounds: number;
  /** Messages in a round, of the small and of the large kind. */
  readonly messages: readonly [small: number, large: number];
}

const full: Scale = { rounds: 9, messages: [100_000, 5000] };
const quick: Scale = { rounds: 2, messages: [500, 50] };

const largeBytes = 64 * 1024;
const megabyte = 1e6;

interface Lane extends StreamShape {
  readonly name: string;
}

/** What may be under way of large messages is bounded by the bytes of a stream, not by credit. */
const lanes: readonly Lane[] = [
  { name: "wire, 230 bytes, credit 16", payloadBytes: messageBytes, credit: 16 },
  { name: "wire, 230 bytes, credit 256", payloadBytes: messageBytes, credit: 256 },
  { name: "wire, 64 KiB", payloadBytes: largeBytes, credit: 16 },
];

/** One stream with many messages. */
export const stream: Bench = {
  name: "stream",
  summary: "CPU per message of one stream, and how much passes through it, against a relay that passes the same bytes",
  async run(options) {
    const scale = options.quick ? quick : full;
    const rows: Row[] = [];
    for (const lane of lanes) rows.push(await measureLane(options, scale, lane));
    return [...rows, ...(await measureClients(options, scale))];
  },
};

const countOf = ({ messages }: Scale, payloadBytes: number): number => messages[payloadBytes === largeBytes ? 1 : 0];

function measureLane(options: BenchOptions, scale: Scale, lane: Lane): Promise<Row> {
  return withSubjects([startServer(options), startControl("pass")], async ([server, control]) => {
    const messages = countOf(scale, lane.payloadBytes);
    const through = await openStreamRoute(server.port, lane);
    const relay = await openStreamRoute(control.port, lane);
    const measure = (subject: Subject, route: StreamRoute) => (): Promise<FlowRound> =>
      measureRound(subject, messages, () => route.run(messages));
    const flow = { server: measure(server, through), control: measure(control, relay) };
    await interleave(2, flow);
    const measured = await interleave(scale.rounds, flow);
    for (const route of [through, relay]) route.close();
    const cpu = (name: "server" | "control"): number[] => measured[name].map(({ cpuMicroseconds }) => cpuMicroseconds);
    const rate = (name: "server" | "control"): number =>
      summarise(measured[name].map(({ messagesPerSecond }) => messagesPerSecond)).median;
    return {
      name: `${lane.name} : relay`,
      unit: "CPU µs/msg",
      subject: summarise(cpu("server")),
      control: summarise(cpu("control")),
      score: summariseRatios(cpu("server"), cpu("control")),
      scoreUnit: "×",
      target: null,
      extras: {
        "msg/s": rate("server"),
        "control msg/s": rate("control"),
        "MB/s": (rate("server") * lane.payloadBytes) / megabyte,
        "control MB/s": (rate("control") * lane.payloadBytes) / megabyte,
      },
    };
  });
}

/** The SDK at both ends. There is nothing to compare it with; it is there to be read. */
function measureClients(options: BenchOptions, scale: Scale): Promise<Row[]> {
  return withSubjects([startServer(options)], async ([server]) => {
    await using parties = await startParties("singyeong", server);
    const run = (payloadBytes: number) => () =>
      parties.run({ kind: "stream", messages: countOf(scale, payloadBytes), payloadBytes });
    const runs = { small: run(messageBytes), large: run(largeBytes) };
    await interleave(2, runs);
    const { small, large } = await interleave(scale.rounds, runs);
    return [
      createClientRow("SDK at both ends, 230 bytes", small, countOf(scale, messageBytes), messageBytes),
      createClientRow("SDK at both ends, 64 KiB", large, countOf(scale, largeBytes), largeBytes),
    ];
  });
}

function createClientRow(name: string, rounds: readonly PartyRound[], messages: number, payloadBytes: number): Row {
  const summed = (figure: (round: PartyRound) => number): Figure => summarise(rounds.map(figure));
  const bandwidth = summed(({ seconds }) => (messages * payloadBytes) / megabyte / seconds);
  return {
    name,
    unit: "MB/s",
    subject: bandwidth,
    control: null,
    score: bandwidth,
    scoreUnit: "MB/s",
    target: null,
    extras: {
      "msg/s": summed(({ seconds }) => messages / seconds).median,
      "MB/s": bandwidth.median,
      "msg/CPU s": summed(({ cpuSeconds }) => messages / cpuSeconds).median,
    },
  };
}
