import { jsonCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry } from "../registry/registry.ts";
import {
  createRecordingOutbox,
  createSeededRandom,
  createTestClient,
  createTestMetrics,
  readFrames,
} from "../testing/fixtures.ts";
import { createErrorTallies } from "./error-tallies.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Session } from "./session.ts";

const times = { heartbeatIntervalMs: 1000, identifyTimeoutMs: 5000, goodbyeMs: 100 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function setup() {
  const stepped = createSteppedClock(0);
  const wall = { skewMs: 0 };
  const clock = { ...stepped, now: () => stepped.now() + wall.skewMs };
  const metrics = createTestMetrics();
  const registry = createRegistry(createSeededRandom(1), "merge", { maxMetadataKeys: 10, maxMetadataBytes: 1000 });
  const wheel = createTimerWheel({
    clock,
    tickMs: 10,
    onError: (error) => {
      throw error;
    },
  });
  const errorTallies = createErrorTallies(metrics);
  const departed: Client[] = [];
  const lifecycle = createLifecycle({
    registry,
    clock,
    wheel,
    times,
    metrics,
    errorTallies,
    logger: silent,
    departed: (client) => void departed.push(client),
  });

  function greet() {
    const outbox = createRecordingOutbox();
    const session: Session = {
      codec: jsonCodec,
      outbox,
      peer: "::1",
      state: "greeted",
      client: null,
      beatAtMs: 0,
      timer: null,
    };
    lifecycle.greet(session);
    return { session, outbox };
  }
  function enter(id: string, restricted = false) {
    const { session, outbox } = greet();
    const { client } = createTestClient({ id, outbox, restricted, nowMs: clock.now() });
    lifecycle.enter(session, client);
    return { session, outbox, client };
  }
  return { clock, wall, registry, wheel, lifecycle, departed, greet, enter };
}

const lastFrame = (outbox: ReturnType<typeof createRecordingOutbox>) => readFrames(outbox).at(-1);

describe("a connection", () => {
  it("is greeted with hello and told when it does not identify in time", () => {
    const { clock, greet } = setup();
    const { session, outbox } = greet();
    expect(readFrames(outbox)).toEqual([{ op: 0, d: { heartbeat_interval: 1000 }, ts: 0, t: null }]);
    clock.advance(4990);
    expect(session.state).toBe("greeted");
    clock.advance(100);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "identify/timeout" } });
  });

  it("is closed with 1000 about 100 ms after op 8", () => {
    const { clock, greet, lifecycle } = setup();
    const { session, outbox } = greet();
    lifecycle.fail(session, "identify/required", null);
    clock.advance(90);
    expect(outbox.closedWith).toBeNull();
    clock.advance(60);
    expect(outbox.closedWith).toEqual({ code: 1000, reason: "" });
  });

  it("is told once, whatever goes wrong after that", () => {
    const { greet, lifecycle } = setup();
    const { session, outbox } = greet();
    lifecycle.fail(session, "identify/required", null);
    lifecycle.fail(session, "frame/unknown-op", null);
    expect(readFrames(outbox)).toHaveLength(2);
  });

  it("leaves no timer behind when its socket goes", () => {
    const { wheel, greet, enter, lifecycle } = setup();
    lifecycle.forget(greet().session);
    lifecycle.forget(enter("c").session);
    expect(wheel.size).toBe(0);
    expect(lifecycle.sessions.size).toBe(0);
  });
});

describe("a client", () => {
  it("stays while it heartbeats", () => {
    const { clock, enter, lifecycle } = setup();
    const { session, client } = enter("c");
    for (let i = 0; i < 20; i++) {
      clock.advance(1400);
      lifecycle.heartbeat(session, client);
    }
    expect(session.state).toBe("ready");
    expect(client.base.last_heartbeat_time).toBe(20 * 1400);
  });

  it("is told and forgotten when its last heartbeat is older than 1.5 intervals, also when it is silent", () => {
    const { clock, registry, enter } = setup();
    const { session, outbox } = enter("c");
    clock.advance(1500);
    expect(session.state).toBe("ready");
    clock.advance(50);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "heartbeat/missed" } });
    expect(registry.find("app", "c")).toBeUndefined();
  });

  it("is not judged by a clock that somebody sets", () => {
    const { clock, wall, enter, lifecycle } = setup();
    const { session, client } = enter("c");
    wall.skewMs = 3_600_000;
    clock.advance(1400);
    expect(session.state).toBe("ready");
    lifecycle.heartbeat(session, client);
    wall.skewMs = -3_600_000;
    clock.advance(1600);
    expect(session.state).toBe("closing");
  });

  it("is heard once more after the deadline: a beat may lie unread while this server is late", () => {
    const { clock, enter, lifecycle } = setup();
    const { session, client } = enter("c");
    clock.after(1515, () => lifecycle.heartbeat(session, client));
    clock.advance(1600);
    expect(session.state).toBe("ready");
  });

  it("is gone from the registry the moment that goodbye is sent, and closed soon after", () => {
    const { clock, registry, enter, lifecycle } = setup();
    const { session, outbox } = enter("c");
    lifecycle.dismiss(session, "drain");
    expect(lastFrame(outbox)).toMatchObject({ op: 7, d: { reason: "drain" } });
    expect(registry.size).toBe(0);
    expect(session.state).toBe("leaving");
    clock.advance(200);
    expect(outbox.closedWith).toEqual({ code: 1000, reason: "" });
  });
});

describe("a name that is taken", () => {
  it("stays with a healthy holder", () => {
    const { enter, lifecycle } = setup();
    const { client } = enter("c");
    expect(lifecycle.giveWay(client, false)).toBe(false);
  });

  it("goes to an unrestricted newcomer where the holder is restricted, and not the other way", () => {
    const { registry, enter, lifecycle } = setup();
    const { client, outbox } = enter("c", true);
    expect(lifecycle.giveWay(client, true)).toBe(false);
    expect(lifecycle.giveWay(client, false)).toBe(true);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "identify/duplicate" } });
    expect(registry.find("app", "c")).toBeUndefined();
  });
});

describe("the departure of a client", () => {
  it("is told once, whichever way it goes", () => {
    const { clock, lifecycle, departed, enter } = setup();
    const [failed, cut, closed, outranked] = [enter("failed"), enter("cut"), enter("closed"), enter("outranked", true)];
    lifecycle.fail(failed.session, "identify/repeated", null);
    lifecycle.cutOversize(cut.session, 10);
    lifecycle.forget(closed.session);
    lifecycle.giveWay(outranked.client, false);
    expect(departed).toEqual([failed.client, cut.client, closed.client, outranked.client]);
    for (const { session } of [failed, cut, closed, outranked]) lifecycle.forget(session);
    clock.advance(10_000);
    expect(departed.length).toBe(4);
  });

  it("is told when its heartbeats stay away", () => {
    const { clock, departed, enter } = setup();
    const { client } = enter("silent");
    clock.advance(2000);
    expect(departed).toEqual([client]);
  });

  it("comes after goodbye only with the end of its connection: until then it may deal with what it holds", () => {
    const { clock, registry, lifecycle, departed, enter } = setup();
    const { session, client } = enter("asked to go");
    lifecycle.dismiss(session, "drain");
    clock.advance(1000);
    expect([registry.size, departed]).toEqual([0, []]);
    lifecycle.forget(session);
    expect(departed).toEqual([client]);
  });

  it("comes once where it errs after goodbye", () => {
    const { lifecycle, departed, enter } = setup();
    const { session, client } = enter("c");
    lifecycle.dismiss(session, "drain");
    lifecycle.fail(session, "frame/unknown-op", null);
    lifecycle.forget(session);
    expect(departed).toEqual([client]);
  });

  it("is not told of connections that never were a client", () => {
    const { lifecycle, departed, greet } = setup();
    const { session } = greet();
    lifecycle.fail(session, "identify/required", null);
    lifecycle.forget(session);
    lifecycle.forget(greet().session);
    expect(departed).toEqual([]);
  });
});
