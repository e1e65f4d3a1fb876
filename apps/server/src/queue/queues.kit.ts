/** The queues of a server without sockets: a memory store, a stepped clock, clients whose outboxes keep what they get. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { defaultPriority } from "@singyeong/protocol";
import { type Codec, jsonCodec } from "@singyeong/protocol/codec";
import { type Attribute, createAttribute } from "@singyeong/query";
import { createSteppedClock, type SteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createMemoryQueueStore, type MemoryQueueStore } from "../adapters/queue-memory/queue-memory.ts";
import { createDelivery } from "../delivery/delivery.ts";
import type { Logger } from "../ports/logger.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry, type Registry } from "../registry/registry.ts";
import { createRouter, type Router } from "../router/router.ts";
import {
  createRecordingOutbox,
  createSeededRandom,
  createTestClient,
  createTestMetrics,
  type RecordingOutbox,
} from "../testing/fixtures.ts";
import { createQueues, type QueueBroker } from "./broker.ts";
import type { Push, PushOutcome, QueueLimits } from "./queues.ts";

export const leaseMs = 15_000;
export const retryMs = 10_000;

export const testLimits: QueueLimits = {
  queueLeaseMs: leaseMs,
  queueRetryMs: retryMs,
  queueMaxAttempts: 20,
  queueDedupMs: 120_000,
  maxQueues: 100,
  maxQueueMessages: 10_000,
  maxQueueBytes: 1_000_000,
  maxQueueMessageBytes: 10_000,
  maxQueueTargets: 100,
  maxLeases: 0,
  maxQueueIds: 100,
  maxDiskBytes: 100_000_000,
};

/** Metadata by key; numbers are of type `float`, text is `string`. */
export type PlainMetadata = Readonly<Record<string, string | number | null>>;

/** A client of the queues: what it was given, and how to have it refuse more. */
export interface Participant {
  readonly client: Client;
  readonly outbox: RecordingOutbox;
  /** What it was given, in order, as `[payload, attempt]`; of one queue where that is named. */
  given(queue?: string): (readonly [payload: unknown, attempt: number])[];
  /** Ids of what it was given, in order. */
  ids(): string[];
}

/** A push with the fields that matter to a test, its parts as plain values. */
export interface PlainPush extends Partial<Omit<Push, "codec" | "target" | "payload" | "nonce" | "headers">> {
  readonly target?: object;
  readonly payload?: unknown;
  readonly nonce?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly codec?: Codec;
}

/** Queues that run. */
export interface Site {
  readonly clock: SteppedClock;
  readonly store: MemoryQueueStore;
  readonly registry: Registry;
  readonly router: Router;
  readonly queues: QueueBroker;
  readonly metrics: ReturnType<typeof createTestMetrics>;
  /** What was logged as an error. */
  readonly logged: object[];
  connect(id: string, metadata?: PlainMetadata): Participant;
  update(client: Client, metadata: PlainMetadata): void;
  /** Deregisters a client and lets go of what it holds, as its connection's end does. */
  disconnect(client: Client): void;
  /** Starts a push; the outcome comes as it is told. */
  push(push?: PlainPush): Promise<PushOutcome>;
  /** Pushes, waits until it is stored, and returns the id. */
  store1(push?: PlainPush): Promise<string>;
}

export interface SiteOptions {
  readonly limits?: Partial<QueueLimits>;
  /** What the queues see of the store, where that is not the store itself. */
  readonly wrap?: (store: QueueStore) => QueueStore;
  /** Called before the queues are opened. */
  readonly prepare?: (site: Pick<Site, "queues" | "registry" | "router" | "clock" | "metrics">) => void;
  /** Those of a site that has ended. @default new ones */
  readonly clock?: SteppedClock;
  readonly store?: MemoryQueueStore;
}

/** Lets everything happen that waits for no clock. */
export async function settle(): Promise<void> {
  await nextTurn();
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const clock = options.clock ?? createSteppedClock();
  const store = options.store ?? createMemoryQueueStore();
  const metrics = createTestMetrics();
  const logged: object[] = [];
  const registry = createRegistry(createSeededRandom(1), "merge", { maxMetadataKeys: 10, maxMetadataBytes: 1000 });
  const router = createRouter(registry, metrics);
  const queues = createQueues({
    store: options.wrap?.(store) ?? store,
    registry,
    router,
    delivery: createDelivery(clock, metrics),
    clock,
    metrics,
    logger: createTestLogger(logged),
    limits: { ...testLimits, ...options.limits },
  });
  options.prepare?.({ queues, registry, router, clock, metrics });
  await queues.open();

  const site: Site = {
    clock,
    store,
    registry,
    router,
    queues,
    metrics,
    logged,
    connect(id, metadata = {}) {
      const outbox = createRecordingOutbox();
      const { client } = createTestClient({ id, outbox, caps: ["queue2", "receipt"] });
      site.update(client, metadata);
      registry.join(client);
      return createParticipant(client, outbox);
    },
    update(client, metadata) {
      registry.update(client, new Map(Object.entries(metadata).map(([key, value]) => [key, attribute(value)])));
    },
    disconnect(client) {
      registry.leave(client);
      queues.release(client);
    },
    push: (push) => new Promise((resolve) => queues.push(createPush(push), resolve)),
    async store1(push) {
      const outcome = await site.push(push);
      if (!outcome.ok) throw new Error(`the push was refused: ${outcome.code}`);
      await settle();
      return outcome.id;
    },
  };
  return site;
}

function createParticipant(client: Client, outbox: RecordingOutbox): Participant {
  type Delivered = { t: string; d: { payload: { queue: string; id: string; payload: unknown; attempt: number } } };
  const read: Delivered["d"]["payload"][] = [];
  const messages = () => {
    for (const frame of outbox.frames.slice(read.length))
      read.push((JSON.parse(frame as string) as Delivered).d.payload);
    return read;
  };
  return {
    client,
    outbox,
    given: (queue) =>
      messages()
        .filter((message) => queue === undefined || message.queue === queue)
        .map(({ payload, attempt }) => [payload, attempt] as const),
    ids: () => messages().map(({ id }) => id),
  };
}

/** A push as the queues take it; by default `1` for anybody in the queue `q`. */
export function createPush(plain: PlainPush = {}): Push {
  const { codec = jsonCodec, target = {}, payload = 1, nonce, headers, ...rest } = plain;
  return {
    queue: "q",
    rights: null,
    id: null,
    delayMs: 0,
    ttlMs: 0,
    priority: defaultPriority,
    maxAttempts: null,
    ...rest,
    codec,
    target: codec.encode(target as never),
    payload: codec.encode(payload as never),
    nonce: nonce === undefined ? undefined : codec.encode(nonce as never),
    headers: headers === undefined ? undefined : codec.encode(headers),
  };
}

function attribute(value: string | number | null): Attribute | null {
  if (value === null) return null;
  const created = createAttribute(typeof value === "number" ? "float" : "string", value);
  if (!created.ok) throw new Error(created.message);
  return created.attribute;
}

function createTestLogger(logged: object[]): Logger {
  return { debug() {}, info() {}, warn() {}, error: (details: object) => void logged.push(details) } as Logger;
}
