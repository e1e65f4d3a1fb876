import type { Query } from "@singyeong/query";
import type { Bench } from "../bench.ts";
import { type Crowd, compileQuery, createCrowd } from "../load/members.ts";
import { application, guildsEach, ownGuilds } from "../load/profile.ts";
import { createGuildQuery, guildOf, queryCount } from "../load/traffic.ts";
import { runUnderUpdates, timeScan } from "../measure/choosing.ts";
import { percentile, summarise, summariseRatios } from "../measure/stats.ts";
import type { Row } from "../report/row.ts";

interface Scale {
  readonly members: number;
  readonly rounds: number;
  /** Choices before anything is measured: enough for the engine to have built its indexes. */
  readonly warmUpChoices: number;
  readonly roundMs: number;
  readonly scans: number;
}

const full: Scale = { members: 100_000, rounds: 5, warmUpChoices: 100_000, roundMs: 1000, scans: 7 };
const quick: Scale = { members: 2000, rounds: 2, warmUpChoices: 5000, roundMs: 50, scans: 2 };

const maxWarmUpMs = 30_000;
const series = 0;

/** Picking one while metadata changes, against looking at everyone. */
export const choose: Bench = {
  name: "choose",
  summary: "picking one of 100,000 in process under 10,000 metadata updates/s, against a scan of all members",
  async run(options) {
    const scale = options.quick ? quick : full;
    const stride = scale.members / queryCount;
    const crowd = createCrowd(scale.members, (client) =>
      client % stride === 0
        ? [guildOf(series, client / stride), ...ownGuilds(client, guildsEach - 1)]
        : ownGuilds(client, guildsEach),
    );
    return Object.entries(createWorkloads(stride)).flatMap(([name, queries], i) =>
      measureWorkload(name, crowd, queries.map(compileQuery), scale, i === 0),
    );
  },
};

/** The first is what the targets speak of; the others show what a different question costs. */
function createWorkloads(stride: number): Record<string, object[]> {
  const many = Array.from({ length: queryCount }, (_, query) => query);
  return {
    "one by $eq $gte $contains": many.map((query) => createGuildQuery(series, query, query * stride)),
    "narrow range": many.map((query) => ({
      application,
      ops: [{ latency: { $gte: 20 + (query % 440), $lt: 40 + (query % 440) } }, { region: { $eq: "eu" } }],
    })),
    "wide range": [{ application, ops: [{ latency: { $gte: 50, $lt: 450 } }, { region: { $eq: "eu" } }] }],
    "lowest of all": [{ application, ops: [], selector: { $min: "/latency" } }],
    "by key": many.map((query) => ({ application, key: `user-${query}` })),
  };
}

function measureWorkload(name: string, crowd: Crowd, queries: Query[], scale: Scale, judged: boolean): Row[] {
  const cold = runUnderUpdates(crowd, queries, maxWarmUpMs, scale.warmUpChoices);
  const rounds = Array.from({ length: scale.rounds }, () => ({
    ...runUnderUpdates(crowd, queries, scale.roundMs, Number.POSITIVE_INFINITY),
    scan: timeScan(crowd, queries, scale.scans),
  }));
  const means = rounds.map((round) => round.mean);
  const scans = rounds.map((round) => round.scan);
  const p99s = summarise(rounds.map((round) => percentile(round.samples, 0.99)));
  const at = (share: number): number => summarise(rounds.map((round) => percentile(round.samples, share))).median;
  return [
    {
      name: `${name}: faster than a scan`,
      unit: "µs/choice",
      subject: summarise(means),
      control: summarise(scans),
      score: summariseRatios(scans, means),
      scoreUnit: "×",
      target: judged ? { bound: "at least", value: 1000 } : null,
      extras: { "update µs": summarise(rounds.map((round) => round.updateMean)).median },
    },
    {
      name: `${name}: p99`,
      unit: "µs/choice",
      subject: p99s,
      control: null,
      score: p99s,
      scoreUnit: "µs",
      target: judged ? { bound: "at most", value: 5 } : null,
      extras: {
        "p50 µs": at(0.5),
        "p99.9 µs": at(0.999),
        "cold total ms": cold.totalMs,
        "cold worst ms": cold.samples.at(-1)! / 1000,
      },
    },
  ];
}
