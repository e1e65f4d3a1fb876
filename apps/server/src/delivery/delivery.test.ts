import { etfCodec, jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTestClient, createTestMetrics, readFrames } from "../testing/fixtures.ts";
import { createDelivery, type Message } from "./delivery.ts";

function setup() {
  const metrics = createTestMetrics();
  return { metrics, delivery: createDelivery(createSteppedClock(42), metrics) };
}

const message = (extra: Partial<Message> = {}): Message => ({
  event: "SEND",
  codec: jsonCodec,
  nonce: '"n"',
  payload: '{"a" : 50.0}',
  ...extra,
});

describe("delivery", () => {
  it("passes a payload on as the text it came in", () => {
    const { delivery } = setup();
    const { client, outbox } = createTestClient({ id: "c" });
    expect(delivery.toOne(client, message())).toBe(true);
    expect(outbox.frames).toEqual([
      '{"op":4,"d":{"nonce":"n","payload":{"a" : 50.0},"target":null},"ts":42,"t":"SEND"}',
    ]);
  });

  it("encodes once per codec for many clients", () => {
    const { delivery, metrics } = setup();
    const clients = [jsonCodec, jsonCodec, msgpackCodec, msgpackCodec, etfCodec].map((codec, i) =>
      createTestClient({ id: `c${i}` }, codec),
    );
    expect(
      delivery.toMany(
        clients.map(({ client }) => client),
        message(),
      ),
    ).toBe(5);
    const frames = clients.map(({ outbox }) => outbox.frames[0]);
    expect(frames[0]).toBe(frames[1]);
    expect(frames[2]).toBe(frames[3]);
    expect(metrics.total("singyeong_deliveries_total")).toBe(5);
  });

  it("gives headers only to clients with a capability", () => {
    const { delivery } = setup();
    const plain = createTestClient({ id: "plain" });
    const capable = createTestClient({ id: "capable", caps: ["stream"] });
    const headed = message({ headers: '{"k":"v"}' });
    delivery.toOne(plain.client, headed);
    delivery.toOne(capable.client, headed);
    delivery.toMany([plain.client, capable.client], headed);
    const [one, many] = [plain, capable].map(({ outbox }) => readFrames(outbox) as { d: { headers?: object } }[]) as [
      { d: { headers?: object } }[],
      { d: { headers?: object } }[],
    ];
    expect(one.map(({ d }) => d.headers)).toEqual([undefined, undefined]);
    expect(many.map(({ d }) => d.headers)).toEqual([{ k: "v" }, { k: "v" }]);
  });

  it("counts what a full socket did not take", () => {
    const { delivery, metrics } = setup();
    const full = createTestClient({ id: "full" });
    full.outbox.full = true;
    expect(delivery.toOne(full.client, message())).toBe(false);
    expect(delivery.toMany([full.client, createTestClient({ id: "c" }).client], message())).toBe(1);
    expect(metrics.total("singyeong_deliveries_dropped_total")).toBe(2);
  });
});
