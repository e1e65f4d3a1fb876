import { ensureRedis, findRedis } from "../../../services/redis.mjs";
import type { Bench, BenchOptions } from "../bench.ts";
import type { QueueRoute } from "../load/queue-round.ts";
import { openQueueRoute } from "../load/queue-route.ts";
import { openRedisRoute } from "../load/redis-route.ts";
import { type FlowRound, measureRound } from "../measure/flow.ts";
import { requireDisk } from "../measure/folder.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startControl, startRedis, startServer, withSubjects } from "../measure/subject.ts";
import type { Row, Target } from "../report/row.ts";
import { measureDepth } from "./queue-depth.ts";

interface Scale {
  readonly rounds: number;
  readonly messages: number;
  readonly depths: readonly [shallow: number, deep: number];
  readonly settleMs: number;
}

const full: Scale = { rounds: 9, messages: 50_000, depths: [1000, 1_000_000], settleMs: 12_000 };
const quick: Scale = { rounds: 2, messages: 1000, depths: [600, 2000], settleMs: 500 };

/** Messages under way, and asked for ahead by all consumers together. */
const window = 500;
const prefetch = 500;
const manyConsumers = 10;
const manyTargets = 1000;

const target: Target = { bound: "at most", value: 2 };

/** What is measured over one queue. */
interface Lane {
  readonly subject: Subject;
  readonly route: QueueRoute;
}

/** Durable queues against a bare log, against Redis, and at depth. */
export const queue: Bench = {
  name: "queue",
  summary:
    "CPU per message that is pushed, confirmed on disk, delivered and acknowledged, against a bare durable log; at depth",
  async run(options) {
    if (!options.quick) requireDisk();
    const scale = options.quick ? quick : full;
    // A smoke run installs nothing.
    const redisPath = options.quick ? findRedis() : ensureRedis();
    const rows = await measureAgainstOthers(options, scale, redisPath);
    return [...rows, ...(await measureDepth(options, { ...scale, window, prefetch }))];
  },
};

function measureAgainstOthers(options: BenchOptions, scale: Scale, redisPath: string | null): Promise<Row[]> {
  const starting = [startServer(options), startControl("queue"), startControl("queue")] as const;
  const redisStarting: readonly Promise<Subject>[] = redisPath === null ? [] : [startRedis(redisPath)];
  return withSubjects(starting, ([server, oneLog, manyLog]) =>
    withSubjects(redisStarting, async ([redis]) => {
      const lane = async (subject: Subject, name: string, consumers: number, targets = 1): Promise<Lane> => ({
        subject,
        route: await openQueueRoute(subject.port, { name, consumers, targets }),
      });
      const redisLane = async (subject: Subject, name: string, consumers: number): Promise<Lane> => ({
        subject,
        route: await openRedisRoute(subject.port, name, consumers),
      });
      const logLanes = {
        oneLog: await lane(oneLog, "one", 1),
        manyLog: await lane(manyLog, "ten", manyConsumers),
      };
      const lanes: Record<string, Lane> = {
        one: await lane(server, "one", 1),
        ...logLanes,
        many: await lane(server, "ten", manyConsumers),
        targets: await lane(server, "all", manyConsumers, manyTargets),
      };
      if (redis !== undefined) {
        lanes.oneRedis = await redisLane(redis, "one", 1);
        lanes.manyRedis = await redisLane(redis, "ten", manyConsumers);
      }
      const measured = await measureLanes(scale, lanes);
      for (const [name, { route }] of Object.entries(lanes)) if (!(name in logLanes)) await route.close();
      const consumers = (count: string, subject: string, control: string, judged: Target | null): Row =>
        createCostRow(`${count} : bare log`, measured[subject]!, measured[control]!, judged);
      return [
        consumers("1 consumer", "one", "oneLog", target),
        consumers(`${manyConsumers} consumers`, "many", "manyLog", target),
        consumers(`${manyConsumers} consumers, ${manyTargets} targets`, "targets", "manyLog", null),
        ...(redis === undefined
          ? []
          : [
              createRateRow("1 consumer : Redis Streams", measured.one!, measured.oneRedis!),
              createRateRow(`${manyConsumers} consumers : Redis Streams`, measured.many!, measured.manyRedis!),
            ]),
      ];
    }),
  );
}

async function measureLanes(
  { rounds, messages }: Scale,
  lanes: Record<string, Lane>,
): Promise<Record<string, FlowRound[]>> {
  const flow = Object.fromEntries(
    Object.entries(lanes).map(([name, { subject, route }]) => [
      name,
      () => measureRound(subject, messages, () => route.run({ messages, window, prefetch })),
    ]),
  );
  await interleave(2, flow);
  return interleave(rounds, flow);
}

const perSecond = (rounds: readonly FlowRound[]): number =>
  summarise(rounds.map(({ messagesPerSecond }) => messagesPerSecond)).median;

const microseconds = ({ cpuMicroseconds }: FlowRound): number => cpuMicroseconds;
const perCpuSecond = ({ cpuMicroseconds }: FlowRound): number => 1e6 / cpuMicroseconds;

function createCostRow(name: string, subject: FlowRound[], control: FlowRound[], judged: Target | null): Row {
  return createRow(name, "CPU µs/msg", microseconds, subject, control, judged);
}

function createRateRow(name: string, subject: FlowRound[], control: FlowRound[]): Row {
  return createRow(name, "msg/CPU s", perCpuSecond, subject, control, null);
}

function createRow(
  name: string,
  unit: string,
  measure: (round: FlowRound) => number,
  subject: FlowRound[],
  control: FlowRound[],
  target: Target | null,
): Row {
  const [ours, theirs] = [subject.map(measure), control.map(measure)];
  return {
    name,
    unit,
    subject: summarise(ours),
    control: summarise(theirs),
    score: summariseRatios(ours, theirs),
    scoreUnit: "×",
    target,
    extras: { "msg/s": perSecond(subject), "control msg/s": perSecond(control) },
  };
}
