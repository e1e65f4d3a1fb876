/** Topics without sockets: a memory store, a stepped clock, clients whose outboxes keep what they get. */
import { defaultMaxInFlight } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import type { Rights } from "../access/rights.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import { openSite, type PlainMetadata, type Site, type SiteOptions, settle, testLimits } from "../queue/queues.kit.ts";
import type { Refused } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import { createSeededRandom } from "../testing/fixtures.ts";
import { createTopics } from "./create-topics.ts";
import { parsePattern } from "./pattern.ts";
import type { PublishOutcome, SubscriptionTerms, TopicLimits, Topics } from "./topics.ts";

export const ackMs = 15_000;
export const groupMs = 3_600_000;
export const retainMs = 3_600_000;

const topicLimits = {
  memoryTopics: ["memory.>"],
  topicAckMs: ackMs,
  topicGroupMs: groupMs,
  topicRetainMs: retainMs,
  maxTopicRetained: 1000,
  maxTopicMemoryBytes: 1_000_000,
  maxSubscriptions: 1000,
};

export interface Delivered {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  readonly attempt: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reply?: boolean;
  readonly payload: unknown;
}

/** A client of topics, and what it was given. */
export interface Member {
  readonly client: Client;
  /** Events, in order. */
  events(): Delivered[];
  /** Events as `[payload, attempt]`. */
  given(): (readonly [unknown, number])[];
  /** Frames of another event, in order. */
  told(event: string): unknown[];
  /** Refuses every further frame, or takes them again. */
  clog(isClogged: boolean): void;
}

export interface PlainTerms extends Partial<Omit<SubscriptionTerms, "patterns">> {
  readonly topics?: readonly string[];
}

export interface PlainPublication {
  readonly payload?: unknown;
  readonly target?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who waits for answers. */
  readonly asks?: Client;
  /** @default no bound */
  readonly rights?: Rights | null;
  readonly deadlineMs?: number;
}

export interface TopicSite {
  readonly site: Site;
  readonly topics: Topics;
  connect(id: string, metadata?: PlainMetadata): Member;
  /** As its connection's end does. */
  disconnect(member: Member): void;
  /** Starts; the outcome comes as it is told. By default the topic `t` in the group `g`. */
  startSubscribing(member: Member, terms?: PlainTerms): Promise<Refused>;
  /** … and waits for it, refusing to be refused. */
  subscribe(member: Member, terms?: PlainTerms): Promise<void>;
  publish(topic: string, plain?: PlainPublication): Promise<PublishOutcome>;
  /** Publishes payloads to one topic, and waits until they are stored. */
  publishAll(topic: string, payloads: readonly unknown[]): Promise<void>;
  /** Ends it, in order or as a crash would, and opens another one over the same store. */
  restart(isCrash?: boolean): Promise<TopicSite>;
}

export type TopicSiteOptions = Omit<SiteOptions, "limits"> & {
  readonly limits?: Partial<TopicLimits> & SiteOptions["limits"];
};

export async function openTopics(options: TopicSiteOptions = {}): Promise<TopicSite> {
  let topics!: Topics;
  const limits = { ...testLimits, ...topicLimits, ...options.limits };
  const site = await openSite({
    ...options,
    limits,
    prepare({ queues, registry, router, clock, metrics }) {
      const wheel = createTimerWheel({ clock, onError: (error) => Promise.reject(error) });
      topics = createTopics({
        queues,
        registry,
        router,
        clock,
        wheel,
        random: createSeededRandom(clock.now()),
        metrics,
        limits,
      });
    },
  });
  topics.open();

  const here: TopicSite = {
    site,
    topics,
    connect(id, metadata) {
      const { client, outbox } = site.connect(id, metadata);
      const frames = () => outbox.frames.map((frame) => JSON.parse(frame as string) as { t: string; d: unknown });
      const told = (event: string): unknown[] => frames().flatMap(({ t, d }) => (t === event ? [d] : []));
      const events = () => told("EVENT") as Delivered[];
      return {
        client,
        told,
        events,
        given: () => events().map(({ payload, attempt }) => [payload, attempt] as const),
        clog(isClogged) {
          outbox.full = isClogged;
        },
      };
    },
    disconnect({ client }) {
      site.registry.leave(client);
      site.queues.release(client);
      topics.release(client);
    },
    startSubscribing: ({ client }, plain) =>
      new Promise((resolve) => topics.subscribe(client, createTerms(plain), resolve)),
    async subscribe(member, plain) {
      const refused = await here.startSubscribing(member, plain);
      if (refused !== null) throw new Error(`refused: ${refused.code}`);
      await settle();
    },
    publish: (topic, { payload = 1, target, headers, asks, rights = null, deadlineMs = 30_000 } = {}) =>
      new Promise((resolve) => {
        const publication = {
          topic,
          rights,
          codec: jsonCodec,
          payload: JSON.stringify(payload),
          target: target && JSON.stringify(target),
          headers: headers && JSON.stringify(headers),
        };
        const wish = asks === undefined ? null : { client: asks, nonce: '"n"', deadlineMs };
        topics.publish(publication, wish, resolve);
      }),
    async publishAll(topic, payloads) {
      const outcomes = await Promise.all(payloads.map((payload) => here.publish(topic, { payload })));
      for (const outcome of outcomes) if (!outcome.ok) throw new Error(`refused: ${outcome.code}`);
      await settle();
    },
    async restart(isCrash = false) {
      topics.stop();
      if (isCrash) {
        site.store.crash();
        await site.queues.kill();
      } else await site.queues.close();
      return openTopics({ ...options, clock: site.clock, store: site.store });
    },
  };
  return here;
}

function createTerms({ topics = ["t"], ...terms }: PlainTerms = {}): SubscriptionTerms {
  return {
    patterns: topics.map((text) => parsePattern(text)!),
    group: "g",
    fromEarliest: false,
    maxInFlight: defaultMaxInFlight,
    ackMs: null,
    isUnacked: false,
    ...terms,
  };
}
