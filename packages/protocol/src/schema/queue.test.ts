import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { maxQueueMs, maxQueueNameBytes, maxRequestCount } from "../limits.ts";
import {
  Queue,
  QueueAck,
  QueueConfirm,
  QueueDelivery,
  QueueExtend,
  QueueExtended,
  QueueNack,
  QueueRequest,
  QueueRequestCancel,
  QueueSettled,
} from "./index.ts";
import { needsAll, without } from "./needed-keys.kit.ts";

const accepts = (schema: TSchema, t: string, d: unknown): boolean => Value.Check(schema, { op: 4, t, d, ts: 0 });
const needsAllOf = (schema: TSchema, t: string, d: object): boolean => needsAll((some) => accepts(schema, t, some), d);

const longest = "q".repeat(maxQueueNameBytes);
const noText = ["", `${longest}q`, 7, null, undefined];

describe("the schema of a push", () => {
  const push = { queue: "orders", target: {}, payload: 1 };
  const pushes = (more: object): boolean => accepts(Queue, "QUEUE", { ...push, ...more });

  it("takes a queue, a target and a payload, and needs all three", () => {
    expect(needsAllOf(Queue, "QUEUE", push)).toBe(true);
    expect([null, false, [1], { a: {} }].every((payload) => pushes({ payload }))).toBe(true);
    expect(accepts(Queue, "SEND", push)).toBe(false);
    expect(["app", null, 1].some((target) => pushes({ target }))).toBe(false);
  });

  it("takes a nonce of any kind, in d and beside t, and headers from text to text", () => {
    expect(["n", 7, null, [1]].every((nonce) => pushes({ nonce }))).toBe(true);
    expect(Value.Check(Queue, { op: 4, t: "QUEUE", d: push, nonce: 7 })).toBe(true);
    expect([{}, { a: "b" }, null].every((headers) => pushes({ headers }))).toBe(true);
    expect([{ a: 1 }, "a", ["a"]].some((headers) => pushes({ headers }))).toBe(false);
  });

  it("takes names of 1 to 256 characters for the queue and the id", () => {
    expect([pushes({ queue: longest }), pushes({ id: longest }), pushes({ id: null })]).toEqual([true, true, true]);
    expect(noText.some((queue) => pushes({ queue }))).toBe(false);
    expect(["", `${longest}q`, 7].some((id) => pushes({ id }))).toBe(false);
  });

  it.each([
    ["delay_ms", 0, maxQueueMs],
    ["ttl_ms", 1, maxQueueMs],
    ["priority", 0, 9],
    ["max_attempts", 1, 65_535],
  ])("takes a %s from %i to %i, and null as if it were absent", (name, least, most) => {
    expect([least, most, null].every((value) => pushes({ [name]: value }))).toBe(true);
    expect([least - 1, most + 1, least + 0.5, "1", true].some((value) => pushes({ [name]: value }))).toBe(false);
  });
});

describe("the schemas of what consumers say", () => {
  it("let them ask for 1 to 10,000 messages, one where nothing is said, and take it back", () => {
    const asks = (d: object): boolean => accepts(QueueRequest, "QUEUE_REQUEST", d);
    expect(needsAllOf(QueueRequest, "QUEUE_REQUEST", { queue: "orders" })).toBe(true);
    expect([1, maxRequestCount, null].every((count) => asks({ queue: "orders", count }))).toBe(true);
    expect([0, -1, maxRequestCount + 1, 1.5, "1"].some((count) => asks({ queue: "orders", count }))).toBe(false);
    expect(noText.some((queue) => asks({ queue, count: 1 }))).toBe(false);
    expect(needsAllOf(QueueRequestCancel, "QUEUE_REQUEST_CANCEL", { queue: "orders" })).toBe(true);
    expect(noText.some((queue) => accepts(QueueRequestCancel, "QUEUE_REQUEST_CANCEL", { queue }))).toBe(false);
  });

  it("let them acknowledge by queue and id", () => {
    const acks = (d: unknown): boolean => accepts(QueueAck, "QUEUE_ACK", d);
    expect(needsAllOf(QueueAck, "QUEUE_ACK", { queue: "orders", id: "m1" })).toBe(true);
    expect(Value.Check(QueueAck, { op: 4, t: "QUEUE_ACK", d: { queue: "orders", id: "m1" }, nonce: "n" })).toBe(true);
    expect([acks({ queue: "orders", id: 1 }), acks({ queue: "", id: "m1" }), acks([])]).toEqual([false, false, false]);
  });

  it("let them refuse for a while or for good", () => {
    const nacks = (more: object): boolean => accepts(QueueNack, "QUEUE_NACK", { queue: "orders", id: "m1", ...more });
    expect(needsAllOf(QueueNack, "QUEUE_NACK", { queue: "orders", id: "m1" })).toBe(true);
    expect([0, maxQueueMs, null].every((delay_ms) => nacks({ delay_ms }))).toBe(true);
    expect([-1, maxQueueMs + 1, 0.5, "0"].some((delay_ms) => nacks({ delay_ms }))).toBe(false);
    expect([true, false, null].every((dead) => nacks({ dead }))).toBe(true);
    expect(["true", 1].some((dead) => nacks({ dead }))).toBe(false);
  });

  it("let them extend a lease by a millisecond and more", () => {
    const extend = { queue: "orders", id: "m1", ms: 1 };
    const extendsBy = (ms: unknown): boolean => accepts(QueueExtend, "QUEUE_EXTEND", { ...extend, ms });
    expect(needsAllOf(QueueExtend, "QUEUE_EXTEND", extend)).toBe(true);
    expect(extendsBy(maxQueueMs)).toBe(true);
    expect([0, -1, maxQueueMs + 1, 1.5, "1", null].some(extendsBy)).toBe(false);
  });
});

describe("the schemas of what the server says", () => {
  it.each([
    ["QUEUE_CONFIRM", QueueConfirm],
    ["QUEUE_SETTLED", QueueSettled],
    ["QUEUE_EXTENDED", QueueExtended],
  ])("%s has the queue, the id and the nonce, which may be null", (t, schema) => {
    const answer = { queue: "orders", id: "m1", nonce: null };
    expect(needsAllOf(schema, t, answer)).toBe(true);
    expect([1, "n", { a: 1 }].every((nonce) => accepts(schema, t, { ...answer, nonce }))).toBe(true);
    expect([accepts(schema, t, { ...answer, id: 1 }), accepts(schema, "QUEUE", answer)]).toEqual([false, false]);
    expect(Value.Check(schema, { op: 4, t, d: answer })).toBe(false);
  });

  it("a delivery has queue, id, payload and attempt as its payload, beside the sender's nonce and headers", () => {
    const payload = { queue: "orders", id: "m1", payload: { a: 1 }, attempt: 1 };
    const d = { nonce: null, payload, target: null };
    const delivers = (more: object): boolean => accepts(QueueDelivery, "QUEUE", { ...d, ...more });
    expect(needsAllOf(QueueDelivery, "QUEUE", d)).toBe(true);
    expect([delivers({ headers: { a: "b" } }), delivers({ nonce: 7 })]).toEqual([true, true]);
    expect([delivers({ target: {} }), delivers({ headers: { a: 1 } })]).toEqual([false, false]);
    expect(Object.keys(payload).some((key) => delivers({ payload: without(payload, key) }))).toBe(false);
    expect([0, 1.5, "1", null].some((attempt) => delivers({ payload: { ...payload, attempt } }))).toBe(false);
  });
});
