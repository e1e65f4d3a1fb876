import { describe, expect, it } from "vitest";
import { type createRecordingOutbox, readFrames } from "../testing/fixtures.ts";
import { setupLifecycle } from "./lifecycle.kit.ts";

const lastFrame = (outbox: ReturnType<typeof createRecordingOutbox>) => readFrames(outbox).at(-1);

describe("a connection", () => {
  it("is greeted with hello and told when it does not identify in time", () => {
    const { clock, greet } = setupLifecycle();
    const { session, outbox } = greet();
    expect(readFrames(outbox)).toEqual([{ op: 0, d: { heartbeat_interval: 1000 }, ts: 0, t: null }]);
    clock.advance(4990);
    expect(session.state).toBe("greeted");
    clock.advance(100);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "identify/timeout" } });
  });

  it("is closed with 1000 about 100 ms after op 8", () => {
    const { clock, greet, lifecycle } = setupLifecycle();
    const { session, outbox } = greet();
    lifecycle.fail(session, "identify/required", null);
    clock.advance(90);
    expect(outbox.closedWith).toBeNull();
    clock.advance(60);
    expect(outbox.closedWith).toEqual({ code: 1000, reason: "" });
  });

  it("is told once, whatever goes wrong after that", () => {
    const { greet, lifecycle } = setupLifecycle();
    const { session, outbox } = greet();
    lifecycle.fail(session, "identify/required", null);
    lifecycle.fail(session, "frame/unknown-op", null);
    expect(readFrames(outbox)).toHaveLength(2);
  });

  it("leaves no timer behind when its socket goes", () => {
    const { wheel, greet, enter, lifecycle } = setupLifecycle();
    lifecycle.forget(greet().session, 1006);
    lifecycle.forget(enter("c").session, 1006);
    expect(wheel.size).toBe(0);
    expect(lifecycle.sessions.size).toBe(0);
  });
});

describe("a client", () => {
  it("stays while it heartbeats", () => {
    const { clock, enter, lifecycle } = setupLifecycle();
    const { session, client } = enter("c");
    for (let i = 0; i < 20; i++) {
      clock.advance(1400);
      lifecycle.heartbeat(session, client);
    }
    expect(session.state).toBe("ready");
    expect(client.base.last_heartbeat_time).toBe(20 * 1400);
  });

  it("is told and forgotten when its last heartbeat is older than 1.5 intervals, also when it is silent", () => {
    const { clock, registry, enter } = setupLifecycle();
    const { session, outbox } = enter("c");
    clock.advance(1500);
    expect(session.state).toBe("ready");
    clock.advance(50);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "heartbeat/missed" } });
    expect(registry.find("app", "c")).toBeUndefined();
  });

  it("is not judged by a clock that somebody sets", () => {
    const { clock, wall, enter, lifecycle } = setupLifecycle();
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
    const { clock, enter, lifecycle } = setupLifecycle();
    const { session, client } = enter("c");
    clock.after(1515, () => lifecycle.heartbeat(session, client));
    clock.advance(1600);
    expect(session.state).toBe("ready");
  });

  it("is gone from the registry the moment that goodbye is sent, and closed soon after", () => {
    const { clock, registry, enter, lifecycle } = setupLifecycle();
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
    const { enter, lifecycle } = setupLifecycle();
    const { client } = enter("c");
    expect(lifecycle.giveWay(client, false)).toBe(false);
  });

  it("goes to an unrestricted newcomer where the holder is restricted, and not the other way", () => {
    const { registry, enter, lifecycle } = setupLifecycle();
    const { client, outbox } = enter("c", true);
    expect(lifecycle.giveWay(client, true)).toBe(false);
    expect(lifecycle.giveWay(client, false)).toBe(true);
    expect(lastFrame(outbox)).toMatchObject({ op: 8, d: { code: "identify/duplicate" } });
    expect(registry.find("app", "c")).toBeUndefined();
  });
});

describe("the departure of a client", () => {
  it("is told once, whichever way it goes", () => {
    const { clock, lifecycle, departed, enter } = setupLifecycle();
    const [failed, cut, closed, outranked] = [enter("failed"), enter("cut"), enter("closed"), enter("outranked", true)];
    lifecycle.fail(failed.session, "identify/repeated", null);
    lifecycle.cutOversize(cut.session, 10);
    lifecycle.forget(closed.session, 1006);
    lifecycle.giveWay(outranked.client, false);
    expect(departed).toEqual([failed.client, cut.client, closed.client, outranked.client]);
    for (const { session } of [failed, cut, closed, outranked]) lifecycle.forget(session, 1006);
    clock.advance(10_000);
    expect(departed.length).toBe(4);
  });

  it("is told when its heartbeats stay away", () => {
    const { clock, departed, enter } = setupLifecycle();
    const { client } = enter("silent");
    clock.advance(2000);
    expect(departed).toEqual([client]);
  });

  it("comes after goodbye only with the end of its connection: until then it may deal with what it holds", () => {
    const { clock, registry, lifecycle, departed, enter } = setupLifecycle();
    const { session, client } = enter("asked to go");
    lifecycle.dismiss(session, "drain");
    clock.advance(1000);
    expect([registry.size, departed]).toEqual([0, []]);
    lifecycle.forget(session, 1006);
    expect(departed).toEqual([client]);
  });

  it("comes once where it errs after goodbye", () => {
    const { lifecycle, departed, enter } = setupLifecycle();
    const { session, client } = enter("c");
    lifecycle.dismiss(session, "drain");
    lifecycle.fail(session, "frame/unknown-op", null);
    lifecycle.forget(session, 1006);
    expect(departed).toEqual([client]);
  });

  it("is not told of connections that never were a client", () => {
    const { lifecycle, departed, greet } = setupLifecycle();
    const { session } = greet();
    lifecycle.fail(session, "identify/required", null);
    lifecycle.forget(session, 1006);
    lifecycle.forget(greet().session, 1006);
    expect(departed).toEqual([]);
  });
});
