import { jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import type { ObservedClient } from "../ports/observer.ts";
import { createTestClient, createTestMetrics, readFrames } from "../testing/fixtures.ts";
import { createDelivery, type Message } from "./delivery.ts";
import { observeDelivery } from "./observed-delivery.ts";

function setup() {
  const told: unknown[] = [];
  const observer = {
    joined() {},
    delivered: (receiver: ObservedClient, { event, nonce, payload, headers }: Message) =>
      void told.push({ ...receiver, event, nonce, payload, headers }),
  };
  const plain = createDelivery(createSteppedClock(7), createTestMetrics());
  return { told, plain, observed: observeDelivery(plain, observer) };
}

const message: Message = { event: "SEND", codec: jsonCodec, nonce: '"n"', payload: "1.0", headers: '{"k":"v"}' };

describe("an observed delivery", () => {
  it("tells of each receiver what that one gets", () => {
    const { told, observed } = setup();
    const plain = createTestClient({ id: "plain" }).client;
    const capable = createTestClient({ id: "capable", caps: ["receipt"] }, msgpackCodec).client;
    expect(observed.toOne(plain, message)).toBe(true);
    expect(observed.toMany([capable, plain], message)).toBe(2);
    const parts = { app: "app", event: "SEND", nonce: '"n"', payload: "1.0" };
    expect(told).toEqual([
      { id: "plain", ...parts, headers: undefined },
      { id: "capable", ...parts, headers: '{"k":"v"}' },
      { id: "plain", ...parts, headers: undefined },
    ]);
  });

  it("does not tell of what a full socket did not take", () => {
    const { told, observed } = setup();
    const full = createTestClient({ id: "full" });
    full.outbox.full = true;
    expect(observed.toOne(full.client, message)).toBe(false);
    expect(observed.toMany([full.client, createTestClient({ id: "c" }).client], message)).toBe(1);
    expect(told).toMatchObject([{ id: "c" }]);
  });

  it("sends the frames that one without an observer sends", () => {
    const { plain, observed } = setup();
    const frames = [plain, observed].map((delivery) => {
      const clients = ["a", "b"].map((id) => createTestClient({ id, caps: id === "a" ? ["receipt"] : [] }));
      delivery.toMany(
        clients.map(({ client }) => client),
        message,
      );
      return clients.map(({ outbox }) => readFrames(outbox));
    });
    expect(frames[1]).toEqual(frames[0]);
  });
});
