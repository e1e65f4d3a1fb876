import type { ObservedMessage } from "@singyeong/server";
import { describe, expect, it } from "vitest";
import { createDeliveryLog } from "./delivery-log.ts";

const codec = { decode: (raw: string) => JSON.parse(raw) } as unknown as ObservedMessage["codec"];

function fill(capacity: number | undefined, payloads: readonly number[]) {
  const log = createDeliveryLog(capacity);
  for (const payload of payloads) {
    const message = { event: "SEND", codec, nonce: undefined, payload: String(payload) };
    log.record({ app: "app", id: payload % 2 === 0 ? "even" : "odd" }, message);
  }
  return log;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("the log of deliveries", () => {
  it("remembers the last ones, in order", () => {
    for (const count of [0, 1, 3, 4, 6, 7, 50]) {
      const log = fill(3, upTo(count));
      expect(log.list().map(({ payload }) => payload)).toEqual(upTo(count).slice(-3));
    }
    expect(fill(undefined, upTo(10_050)).list()).toHaveLength(10_000);
  });

  it("forgets what is too old for the next one as well", async () => {
    expect((await fill(3, upTo(10)).next()).payload).toBe(7);
  });

  it("lists by event, application, client, nonce or a function of one's own", () => {
    const log = fill(10, upTo(5));
    expect(log.list({ id: "even" })).toHaveLength(3);
    expect(log.list({ id: "even", app: "other" })).toEqual([]);
    expect(log.list({ event: "SEND", nonce: null })).toHaveLength(5);
    expect(log.list(({ payload }) => payload === 4)).toHaveLength(1);
  });

  it("gives each delivery away once, past ones first", async () => {
    const log = fill(10, [1, 2]);
    expect((await log.next({ id: "even" })).payload).toBe(2);
    expect((await log.next()).payload).toBe(1);
    const next = log.next();
    log.record({ app: "app", id: "c" }, { event: "SEND", codec, nonce: '"n"', payload: "3" });
    expect(await next).toEqual({ event: "SEND", app: "app", id: "c", nonce: "n", payload: 3, headers: {} });
    expect(log.list()).toHaveLength(3);
  });
});
