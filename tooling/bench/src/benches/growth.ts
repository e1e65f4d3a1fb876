import type { Bench, BenchOptions } from "../bench.ts";
import { openConnections } from "../load/connection.ts";
import { compileQuery, createCrowd } from "../load/members.ts";
import { introduce, introduceBystanders, introduceSenders } from "../load/population.ts";
import { guildsEach, ownGuilds } from "../load/profile.ts";
import type { Route } from "../load/route.ts";
import { createGuildQuery, createSendTraffic, guildOf, queryCount } from "../load/traffic.ts";
import { measureFlow } from "../measure/flow.ts";
import { interleave } from "../measure/rounds.ts";
import { summarise, summariseRatios } from "../measure/stats.ts";
import { type Subject, startServer, withSubjects } from "../measure/subject.ts";
import type { Row } from "../report/row.ts";

interface Scale {
  /** Clients on the wire, few and many. */
  readonly wire: readonly [number, number];
  /** Members in process, few and many. */
  readonly engine: readonly [number, number];
  readonly rounds: number;
  readonly messages: number;
  readonly choices: number;
}

const full: Scale = {
  wire: [100, 10_000],
  engine: [1000, 100_000],
  rounds: 9,
  messages: 100_000,
  choices: 1_000_000,
};
const quick: Scale = { wire: [100, 300], engine: [1000, 3000], rounds: 2, messages: 2000, choices: 10_000 };

const receiverCount = 100;
const senderCount = 4;
const window = 1100;
const series = 0;

/** What a hundred times as many candidates cost. */
export const growth: Bench = {
  name: "growth",
  summary: "cost of the same messages to the same 100 receivers as the number of candidates grows",
  async run(options) {
    const scale = options.quick ? quick : full;
    return [
      await measureWire(options, scale),
      await measureEngine(scale, receiverCount),
      await measureEngine(scale, queryCount),
    ];
  },
};

function measureWire(options: BenchOptions, { wire, rounds, messages }: Scale): Promise<Row> {
  const [few, many] = wire;
  return withSubjects([startServer(options), startServer(options)], async ([small, large]) => {
    const [smallRoute, largeRoute] = [await openRoute(small, few), await openRoute(large, many)];
    const flow = {
      small: () => measureFlow(small, smallRoute, { messages, window }),
      large: () => measureFlow(large, largeRoute, { messages, window }),
    };
    await interleave(1, flow);
    const measured = await interleave(rounds, flow);
    const cpu = (name: "small" | "large"): number[] => measured[name].map((round) => round.cpuMicroseconds);
    return {
      name: `on the wire, ${many} : ${few} clients`,
      unit: "CPU µs/msg",
      subject: summarise(cpu("large")),
      control: summarise(cpu("small")),
      score: summariseRatios(cpu("large"), cpu("small")),
      scoreUnit: "×",
      target: { bound: "at most", value: 1.15 },
      extras: {},
    };
  });
}

/** The first hundred clients are addressed, ten guilds each; the rest are only there. */
async function openRoute({ port }: Subject, clients: number): Promise<Route> {
  const introductions = Array.from({ length: receiverCount }, (_, client) =>
    introduce("client", client, guildsOf(client, receiverCount)),
  );
  introductions.push(...introduceBystanders("client", receiverCount, clients));
  const connections = await openConnections(port, introductions, 100);
  const senders = await openConnections(port, introduceSenders(senderCount), senderCount);
  const traffic = createSendTraffic(series, (query) => query % receiverCount);
  return { senders, receivers: connections.slice(0, receiverCount), traffic, fansOut: false };
}

function guildsOf(client: number, holders: number): string[] {
  const guilds: string[] = [];
  for (let query = client; query < queryCount; query += holders) guilds.push(guildOf(series, query));
  return guilds;
}

/**
 * In process the same number of members is addressed in both sizes, spread evenly. Few of them stay in the processor's
 * caches at any size; of many, more of what is looked at comes from memory the more members there are.
 */
async function measureEngine({ engine, rounds, choices }: Scale, addressed: number): Promise<Row> {
  const [few, many] = engine;
  const choosers = { small: createChooser(few, addressed, choices), large: createChooser(many, addressed, choices) };
  await interleave(1, choosers);
  const measured = await interleave(rounds, choosers);
  return {
    name: `in process, ${many} : ${few} members, ${addressed} addressed`,
    unit: "ns/choice",
    subject: summarise(measured.large),
    control: summarise(measured.small),
    score: summariseRatios(measured.large, measured.small),
    scoreUnit: "×",
    target: { bound: "at most", value: 2 },
    extras: {},
  };
}

function createChooser(count: number, addressed: number, choices: number): () => number {
  const stride = Math.floor(count / addressed);
  const holderOf = (query: number): number => (query % addressed) * stride;
  const { engine, members } = createCrowd(count, (client) => {
    const place = client / stride;
    const guilds = Number.isInteger(place) && place < addressed ? guildsOf(place, addressed) : [];
    return guilds.concat(ownGuilds(client, guildsEach - guilds.length));
  });
  const queries = Array.from({ length: queryCount }, (_, query) =>
    compileQuery(createGuildQuery(series, query, holderOf(query))),
  );
  queries.forEach((query, i) => {
    if (engine.chooseOne(query) !== members[holderOf(i)]) throw new Error(`query ${i} does not choose its member`);
  });
  return () => {
    let missed = 0;
    const started = performance.now();
    for (let i = 0; i < choices; i++) if (engine.chooseOne(queries[i % queryCount]!) === null) missed++;
    const nanoseconds = ((performance.now() - started) * 1e6) / choices;
    if (missed > 0) throw new Error(`${missed} choices found nobody`);
    return nanoseconds;
  };
}
