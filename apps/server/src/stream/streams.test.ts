import { jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createTestClient } from "../testing/fixtures.ts";
import { createStage, limits, type Peer } from "./streams.kit.ts";

describe("a call", () => {
  it("goes to clients of the extension alone, whoever else matches", () => {
    const stage = createStage();
    const caller = stage.join("web");
    const plain = createTestClient({ id: "plain", application: "api" });
    stage.registry.join(plain.client);
    stage.open(caller, 0, "api");
    expect(stage.read(caller)).toMatchObject([["ABORT", { id: 0, code: "route/no-match", delivered: false }]]);
    const api = createTestClient({ id: "able", application: "api", caps: ["stream"] });
    stage.registry.join(api.client);
    for (let id = 0; id < 5; id++) stage.open(caller, id, "api");
    expect([stage.read(caller), stage.read(plain), stage.read(api)]).toMatchObject([
      [],
      [],
      [-1, -2, -3, -4, -5].map((id) => ["CALL", { id }]),
    ]);
  });

  it("passes over a client whose connection takes no more, and one with all the streams it may have", () => {
    const stage = createStage();
    const caller = stage.join("web");
    const able = ["one", "two", "three"].map((id) =>
      createTestClient({ id, application: "api", caps: ["stream"] }),
    ) as unknown as [Peer, Peer, Peer];
    for (const { client } of able) stage.registry.join(client);
    able[0].outbox.full = true;
    able[1].outbox.full = true;
    for (let id = 0; id < limits.maxStreams - 1; id++) stage.open(caller, id, "api");
    expect(stage.read(able[2])).toHaveLength(limits.maxStreams - 1);
    able[2].outbox.full = true;
    stage.open(caller, 17, "api");
    expect(stage.read(caller)).toMatchObject([["ABORT", { id: 17, code: "route/no-match" }]]);
  });

  it("waits for somebody to change its metadata, too, and first come is first served", () => {
    const stage = createStage();
    const [caller, other] = [stage.join("web"), stage.join("site")];
    const api = createTestClient({ id: "api", application: "api", caps: ["stream"] });
    stage.registry.join(api.client);
    const target = jsonCodec.encode({ application: "api", ops: [{ path: "/ready", op: "$eq", to: { value: true } }] });
    const call = {
      codec: jsonCodec,
      to: { target },
      method: '"m"',
      payload: undefined,
      headers: undefined,
      payloadCodec: undefined,
      end: true,
      credit: 0,
      deadlineMs: 0,
      waitMs: 1000,
    };
    stage.streams.open(other.client, 7, { ...call, method: '"first"' });
    stage.streams.open(caller.client, 3, { ...call, method: '"second"' });
    expect([stage.read(api), stage.read(caller), stage.read(other)]).toEqual([[], [], []]);
    stage.registry.update(api.client, new Map([["ready", { type: "boolean", value: true, version: null }]]));
    expect(stage.read(api)).toMatchObject([
      ["CALL", { id: -1, method: "first", from: { client_id: "site" } }],
      ["CALL", { id: -2, method: "second", from: { client_id: "web" } }],
    ]);
  });

  it("that waits keeps what its caller sends in memory of its own, up to a bound", () => {
    const stage = createStage({ ...limits, maxStreamBytes: 2 ** 28 });
    const caller = stage.join("web");
    stage.open(caller, 0, "api", { waitMs: 1000 });
    for (let i = 0; i < 15; i++) stage.send(caller, 0, "1", false, 1024 * 1024);
    stage.open(caller, 1, "x".repeat(1024 * 1024), { waitMs: 1000 });
    const refused = { id: 1, code: "stream/too-many", delivered: false, data: { limit: "waiting_bytes" } };
    expect(stage.read(caller)).toMatchObject([["ABORT", refused]]);
    stage.send(caller, 0, "1", false, 1024 * 1024);
    const abort = { id: 0, code: "stream/too-many", delivered: false, data: { limit: "waiting_bytes" } };
    expect(stage.read(caller)).toMatchObject([["ABORT", abort]]);
  });

  it("tells what is left of its deadline to who takes it late", () => {
    const stage = createStage();
    const caller = stage.join("web");
    stage.open(caller, 0, "api", { waitMs: 1000, deadlineMs: 500 });
    stage.clock.advance(120);
    const api = stage.join("api");
    expect(stage.read(api)).toMatchObject([["CALL", { deadline_ms: 380 }]]);
  });

  it("arrives in the callee's encoding, and its answer in the caller's", () => {
    const stage = createStage();
    const caller = stage.join("web");
    const api = createTestClient({ id: "api", application: "api", caps: ["stream"] }, msgpackCodec);
    stage.registry.join(api.client);
    stage.open(caller, 0, "api", { payload: '{"n":[1,2.5]}' });
    const [frame] = api.outbox.frames;
    const read = msgpackCodec.readFrame(frame as Uint8Array, { maxDepth: 9 });
    expect("d" in read && msgpackCodec.decode(read.d!)).toMatchObject({
      id: -1,
      method: "m",
      payload: { n: [1, 2.5] },
    });
    const payload = msgpackCodec.encode({ ok: true });
    stage.streams.send(api.client, -1, { codec: msgpackCodec, payload, headers: undefined, end: true }, 9);
    expect(stage.read(caller)).toEqual([["DATA", { id: 0, end: true, payload: { ok: true } }]]);
  });
});
