import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import {
  BackupRequest,
  BackupResponse,
  QueueCountResponse,
  QueueDeathCause,
  QueueIdsRequest,
  QueueInfo,
  QueueList,
  QueueMessageInfo,
  QueueMessageList,
  QueueMessageState,
  QueuePurgeRequest,
  QueuePushRequest,
  QueuePushResponse,
} from "./index.ts";
import { needsAll, without } from "./needed-keys.kit.ts";

const accepts = (schema: TSchema, body: unknown): boolean => Value.Check(schema, body);
const needsAllOf = (schema: TSchema, body: object): boolean => needsAll((some) => accepts(schema, some), body);

const counts = { ready: 1, leased: 0, delayed: 0, dead: 0, bytes: 90, consumers: 2, open_requests: 3 };
const queue = { queue: "orders", ...counts, oldest_ms: 5, paused: false };
const message = {
  queue: "orders",
  id: "m1",
  state: "ready",
  attempt: 0,
  max_attempts: 20,
  priority: 4,
  pushed_ms: 1_789_000_000_000,
  due_ms: null,
  expires_ms: null,
  cause: null,
  holder: null,
  target: {},
  nonce: null,
  headers: null,
  payload: { a: 1 },
};

describe("the schema of a queue", () => {
  const shows = (more: object): boolean => accepts(QueueInfo, { ...queue, ...more });

  it("has every number and whether it is paused", () => {
    expect(needsAllOf(QueueInfo, queue)).toBe(true);
    expect(shows({ oldest_ms: null })).toBe(true);
    for (const name of Object.keys(counts)) {
      expect(
        [-1, 0.5, "1", null].filter((value) => shows({ [name]: value })),
        name,
      ).toEqual([]);
    }
    expect([shows({ oldest_ms: -1 }), shows({ paused: null }), shows({ queue: 1 })]).toEqual([false, false, false]);
  });

  it("is the item of a list", () => {
    expect([accepts(QueueList, { queues: [] }), accepts(QueueList, { queues: [queue, queue] })]).toEqual([true, true]);
    expect([accepts(QueueList, [queue]), accepts(QueueList, { queues: [without(queue, "dead")] })]).toEqual([
      false,
      false,
    ]);
  });
});

describe("the schema of a queue's message", () => {
  const shows = (more: object): boolean => accepts(QueueMessageInfo, { ...message, ...more });

  it("says all of it, with null for what its state does not have", () => {
    expect(needsAllOf(QueueMessageInfo, message)).toBe(true);
    expect(shows({ state: "leased", attempt: 1, due_ms: 9, holder: { app_id: "a", client_id: "c" } })).toBe(true);
    expect(shows({ state: "delayed", due_ms: 9, expires_ms: 10, headers: { a: "b" }, nonce: "n" })).toBe(true);
    expect(shows({ state: "dead", due_ms: 9, cause: "expired" })).toBe(true);
  });

  it("refuses another state, cause or holder, and what is no time", () => {
    expect([shows({ state: "gone" }), shows({ state: null }), shows({ cause: "bored" })]).toEqual([
      false,
      false,
      false,
    ]);
    expect([shows({ holder: { app_id: "a" } }), shows({ holder: "c" }), shows({ headers: { a: 1 } })]).toEqual([
      false,
      false,
      false,
    ]);
    for (const name of ["attempt", "max_attempts", "priority", "pushed_ms", "due_ms", "expires_ms"]) {
      expect(
        [-1, 0.5, "1"].filter((value) => shows({ [name]: value })),
        name,
      ).toEqual([]);
    }
  });

  it("knows four states and three causes", () => {
    expect(["ready", "leased", "delayed", "dead"].every((state) => accepts(QueueMessageState, state))).toBe(true);
    expect(["attempts", "expired", "rejected"].every((cause) => accepts(QueueDeathCause, cause))).toBe(true);
    expect([accepts(QueueMessageState, "all"), accepts(QueueDeathCause, "dead")]).toEqual([false, false]);
  });

  it("is the item of a list that says where to go on", () => {
    expect(needsAllOf(QueueMessageList, { messages: [message], next: "m1" })).toBe(true);
    expect(accepts(QueueMessageList, { messages: [], next: null })).toBe(true);
    expect([
      accepts(QueueMessageList, { messages: [{}], next: null }),
      accepts(QueueMessageList, { messages: [], next: 1 }),
    ]).toEqual([false, false]);
  });
});

describe("the schemas of what administrators ask for", () => {
  it("a push is a message without its queue, which the path names", () => {
    expect(needsAllOf(QueuePushRequest, { target: {}, payload: null })).toBe(true);
    const options = { id: "i", delay_ms: 0, ttl_ms: 1, priority: 9, max_attempts: 1 };
    expect(accepts(QueuePushRequest, { target: {}, payload: 1, nonce: 1, headers: {}, ...options })).toBe(true);
    expect(accepts(QueuePushRequest, { target: {}, payload: 1, priority: 10 })).toBe(false);
    expect(needsAllOf(QueuePushResponse, { queue: "orders", id: "m1" })).toBe(true);
  });

  it("messages are named by a list of ids, or not at all", () => {
    expect([{}, { ids: [] }, { ids: ["m1", "m2"] }].every((body) => accepts(QueueIdsRequest, body))).toBe(true);
    expect([{ ids: "m1" }, { ids: [1] }, { ids: null }, []].some((body) => accepts(QueueIdsRequest, body))).toBe(false);
  });

  it("a purge names one state but leased, or all", () => {
    const purges = (state: unknown): boolean => accepts(QueuePurgeRequest, { state });
    expect(["ready", "delayed", "dead", "all"].every(purges)).toBe(true);
    expect(["leased", "", null, ["dead"]].some(purges)).toBe(false);
    expect(accepts(QueuePurgeRequest, {})).toBe(false);
    expect([accepts(QueueCountResponse, { count: 0 }), accepts(QueueCountResponse, { count: -1 })]).toEqual([
      true,
      false,
    ]);
  });

  it("a backup's name is one plain name of a folder, or absent", () => {
    const named = (name: unknown): boolean => accepts(BackupRequest, { name });
    expect(accepts(BackupRequest, {})).toBe(true);
    expect(["a", "2026-10-01.nightly_1", "x".repeat(128)].every(named)).toBe(true);
    const unsafe = ["", ".", "..", ".hidden", "-x", "a/b", "../a", "a\\b", "a b", "a\n", "é", "x".repeat(129), 1, null];
    expect(unsafe.filter(named)).toEqual([]);
    expect(needsAllOf(BackupResponse, { path: "/backups/a", bytes: 4096 })).toBe(true);
    expect(accepts(BackupResponse, { path: "/backups/a", bytes: -1 })).toBe(false);
  });
});
