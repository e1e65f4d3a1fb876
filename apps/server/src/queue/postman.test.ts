import { jsonCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createDelivery } from "../delivery/delivery.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import { noTracer } from "../ports/tracer.ts";
import { createTestClient, createTestMetrics } from "../testing/fixtures.ts";
import { createBodyCache } from "./body-cache.ts";
import { createConsumers } from "./consumers.ts";
import { encodeContent } from "./content.ts";
import { createHandOver } from "./hand-over.ts";
import { createMessageTraces } from "./message-traces.ts";
import { createPostman } from "./postman.ts";
import { settle } from "./queues.kit.ts";

const times = { queueLeaseMs: 1000, queueRetryMs: 1000 };

const encode = (payload: number): Buffer =>
  encodeContent({ codec: jsonCodec, payload: `${payload}`, nonce: undefined, headers: undefined });

function setup() {
  const cache = createBodyCache(100_000);
  const bodies = new Map<number, Uint8Array | Error>();
  const reads: (readonly number[])[] = [];
  const store = {
    async read(seqs: readonly number[]) {
      reads.push(seqs);
      return seqs.map((seq) => {
        const body = bodies.get(seq) ?? null;
        if (body instanceof Error) throw body;
        return body;
      });
    },
  } as unknown as QueueStore;
  const stale = new Set<number>();
  const ahead: { slot: number; seq: number }[] = [];
  const failures: string[] = [];
  const pauses: (() => void)[] = [];
  const { client, outbox } = createTestClient({ id: "c" });
  const consumer = createConsumers(
    times,
    createHandOver(createDelivery(createSteppedClock(0), createTestMetrics()), createMessageTraces(noTracer)),
  ).of(client);
  const postman = createPostman({
    store,
    cache,
    isCurrent: ({ seq }) => !stale.has(seq),
    ahead: () => ahead,
    isWaiting: ({ seq }) => !stale.has(seq),
    failed: ({ seq }, failure) => void failures.push(`${seq} ${failure}`),
    elapsed: () => 0,
    pause: () => new Promise((resolve) => void pauses.push(resolve)),
  });
  const add = (seq: number): void =>
    postman.add({ slot: seq, seq, queue: "q", attempt: 1, lease: 1, bytes: 10, consumer });
  return {
    postman,
    cache,
    bodies,
    reads,
    stale,
    ahead,
    failures,
    pauses,
    outbox,
    warm(seq: number) {
      cache.add(seq, encode(seq));
      add(seq);
    },
    cold(seq: number) {
      bodies.set(seq, encode(seq));
      add(seq);
    },
    add,
    given: () => outbox.frames.map((frame) => JSON.parse(frame as string).d.payload.payload),
  };
}

describe("the postman", () => {
  it("hands over at once what is at hand", () => {
    const { postman, warm, given, reads } = setup();
    warm(1);
    warm(2);
    expect(given()).toEqual([]);
    postman.deliver();
    expect(given()).toEqual([1, 2]);
    expect(reads).toEqual([]);
  });

  it("keeps the order of leasing where some have to be read", async () => {
    const { postman, warm, cold, given, reads } = setup();
    warm(1);
    cold(2);
    warm(3);
    cold(4);
    postman.deliver();
    expect(given()).toEqual([1]);
    warm(5);
    postman.deliver();
    await settle();
    expect(given()).toEqual([1, 2, 3, 4, 5]);
    expect(reads).toEqual([[2, 4]]);
  });

  it("reads in groups, one at a time", async () => {
    const { postman, cold, given, reads } = setup();
    const seqs = Array.from({ length: 150 }, (_, i) => i + 1);
    for (const seq of seqs) cold(seq);
    postman.deliver();
    postman.deliver();
    await settle();
    expect(reads.map(({ length }) => length)).toEqual([64, 64, 22]);
    expect(given()).toEqual(seqs);
  });

  it("leaves out what is no longer its consumer's", async () => {
    const { postman, warm, cold, stale, given, failures } = setup();
    cold(1);
    warm(2);
    cold(3);
    postman.deliver();
    stale.add(1);
    stale.add(2);
    await settle();
    expect([given(), failures]).toEqual([[3], []]);
  });

  it("says what the connection does not take, and goes on", async () => {
    const { postman, warm, cold, outbox, failures } = setup();
    outbox.full = true;
    warm(1);
    cold(2);
    postman.deliver();
    await settle();
    expect(failures).toEqual(["1 refused", "2 refused"]);
  });

  it("asks a store that cannot be read now again, and loses nothing", async () => {
    const { postman, add, bodies, given, failures, pauses } = setup();
    bodies.set(1, new StoreError("io", "not now"));
    add(1);
    postman.deliver();
    await settle();
    expect([given(), failures, pauses.length]).toEqual([[], [], 1]);
    bodies.set(1, encode(1));
    pauses[0]!();
    await settle();
    expect([given(), failures]).toEqual([[1], []]);
  });

  it("says which body cannot be read or is lost, and hands the others of its group over", async () => {
    const { postman, cold, add, bodies, given, failures } = setup();
    cold(1);
    bodies.set(2, new StoreError("damaged", "not what was written"));
    add(2);
    add(3);
    cold(4);
    postman.deliver();
    await settle();
    expect(given()).toEqual([1, 4]);
    expect(failures.sort()).toEqual(["2 unreadable", "3 unreadable"]);
    cold(5);
    postman.deliver();
    await settle();
    expect(given()).toEqual([1, 4, 5]);
  });

  it("hands over what is leased while it hands over, behind the rest", () => {
    const { cache } = setup();
    const order: string[] = [];
    const { client } = createTestClient({ id: "c" });
    const consumer = createConsumers(times, () => () => false).of(client);
    const lease = (seq: number) => ({ slot: seq, seq, queue: "q", attempt: 1, lease: 1, bytes: 10, consumer });
    const full = createPostman({
      store: {} as QueueStore,
      cache,
      isCurrent: () => true,
      ahead: () => [],
      isWaiting: () => true,
      elapsed: () => 0,
      pause: () => Promise.resolve(),
      failed({ seq }) {
        order.push(`${seq} refused`);
        if (seq !== 1) return;
        cache.add(9, encode(9));
        full.add(lease(9));
        full.deliver();
      },
    });
    for (const seq of [1, 2]) {
      cache.add(seq, encode(seq));
      full.add(lease(seq));
    }
    full.deliver();
    expect(order).toEqual(["1 refused", "2 refused", "9 refused"]);
  });

  it("goes through thousands without losing one, some read and some not", async () => {
    const { postman, warm, cold, given } = setup();
    const seqs = Array.from({ length: 10_000 }, (_, i) => i + 1);
    for (const seq of seqs) {
      if (seq % 3 === 0) cold(seq);
      else warm(seq);
      if (seq % 50 === 0) postman.deliver();
      if (seq % 1000 === 0) await settle();
    }
    postman.deliver();
    await settle();
    expect(given()).toEqual(seqs);
  });

  it("reads ahead where one alone is to be read, and keeps what still waits", async () => {
    const { postman, cold, bodies, stale, ahead, cache, reads, given, add } = setup();
    for (const seq of [2, 3, 4]) {
      bodies.set(seq, encode(seq));
      ahead.push({ slot: seq, seq });
    }
    cache.add(4, encode(4));
    cold(1);
    postman.deliver();
    stale.add(3);
    await settle();
    expect([reads, given()]).toEqual([[[1, 2, 3]], [1]]);
    add(2);
    postman.deliver();
    expect(given()).toEqual([1, 2]);
    expect([cache.has(3), cache.has(4)]).toEqual([false, true]);
  });
});
