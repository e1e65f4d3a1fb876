import { jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createRecordingOutbox, createSeededRandom, createTestClient, createTestMetrics } from "../testing/fixtures.ts";
import { resumeCap } from "./resumable-session.ts";
import { createResumeTable } from "./resume-table.ts";

function setup(limits: object = {}) {
  const clock = createSteppedClock(0);
  const metrics = createTestMetrics();
  const departed: Client[] = [];
  const wheel = createTimerWheel({
    clock,
    onError(error) {
      throw error;
    },
  });
  const usual = { resumeMs: 30_000, maxResumeFrames: 3, maxResumeBytes: 65_536, maxAwayClients: 2 };
  const table = createResumeTable({
    wheel,
    random: createSeededRandom(1),
    metrics,
    limits: { ...usual, maxBacklogBytes: 1_000_000, ...limits },
    departed: (client) => void departed.push(client),
  });
  function open(id: string, restricted = false) {
    const outbox = table.createOutbox(jsonCodec, createRecordingOutbox());
    const { client } = createTestClient({ id, outbox, restricted, caps: [resumeCap] });
    return table.open(client, outbox);
  }
  const judge = (token: string, more: object = {}) =>
    table.judge({
      token,
      seq: 0,
      application: "app",
      id: "c",
      codec: jsonCodec,
      restricted: false,
      subject: null,
      ...more,
    });
  const away = (id: string, restricted = false) => {
    const session = open(id, restricted);
    table.leave(session);
    return session;
  };
  return { clock, metrics, departed, wheel, table, open, away, judge };
}

describe("a session", () => {
  it("is known by text of 128 bits that is its own", () => {
    const { open } = setup();
    const tokens = new Set(Array.from({ length: 1000 }, (_, i) => open(`c${i}`).token));
    expect(tokens.size).toBe(1000);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it("is taken over by the client that it is of alone", () => {
    const { open, judge, metrics } = setup();
    const session = open("c");
    expect(judge(session.token)).toEqual({ ok: true, session });
    const strangers = [{ application: "other" }, { id: "other" }, { codec: msgpackCodec }, { restricted: true }];
    for (const other of strangers) {
      expect(judge(session.token, other)).toEqual({ ok: false, missed: null, session: null });
    }
    expect(judge("no such")).toEqual({ ok: false, missed: null, session: null });
    expect(metrics.total("singyeong_not_resumed_total")).toBe(5);
  });

  it("is not taken over where frames are lost, and says how many the client will not get", () => {
    const { open, judge } = setup();
    const session = open("c");
    for (let i = 0; i < 5; i++) session.outbox.send("{}");
    expect(judge(session.token, { seq: 1 })).toEqual({ ok: false, missed: 4, session });
    expect(judge(session.token, { seq: 2 })).toEqual({ ok: true, session });
    expect(judge(session.token, { seq: 6 })).toEqual({ ok: false, missed: null, session });
  });

  it("can be away, over and over", () => {
    const { clock, away, table, judge, departed, metrics } = setup();
    const session = away("c");
    for (let i = 0; i < 5; i++) {
      clock.advance(29_000);
      expect(judge(session.token).ok).toBe(true);
      table.resume(session);
      clock.advance(60_000);
      table.leave(session);
    }
    expect([departed, metrics.total("singyeong_resumed_total")]).toEqual([[], 5]);
  });

  it("ends once, by whatever comes first, and is not known any more", () => {
    const { clock, wheel, away, table, judge, departed } = setup();
    const session = away("c");
    clock.advance(31_000);
    table.end(session);
    table.endNamed("app", "c", false);
    table.endAway();
    expect([departed, wheel.size, judge(session.token).ok]).toEqual([[session.client], 0, false]);
    expect(session.outbox.send("{}")).toBe(false);
  });

  it("goes on after it was withdrawn, but nobody takes it over", () => {
    const { open, table, judge, departed } = setup();
    const session = open("c");
    table.withdraw(session);
    expect([judge(session.token).ok, departed, session.outbox.send("{}")]).toEqual([false, [], true]);
    table.end(session);
    expect(departed).toEqual([session.client]);
  });
});

describe("sessions that are away", () => {
  it("are so many: the one that has been away longest makes room", () => {
    const { away, table, departed, metrics } = setup();
    const [a, b] = [away("a"), away("b")];
    table.resume(a);
    table.leave(a);
    away("c");
    expect([departed, metrics.total("singyeong_away_evicted_total")]).toEqual([[b.client], 1]);
    away("d");
    expect(departed).toEqual([b.client, a.client]);
  });

  it("make room by one that is restricted, before any that is not", () => {
    const { away, departed } = setup();
    const [trusted, first] = [away("a"), away("b", true)];
    const second = away("c", true);
    expect(departed).toEqual([first.client]);
    away("d");
    expect(departed).toEqual([first.client, second.client]);
    away("e");
    expect(departed).toEqual([first.client, second.client, trusted.client]);
  });

  it("end where somebody takes their name", () => {
    const { away, table, departed } = setup();
    const session = away("c");
    table.endNamed("app", "other", false);
    table.endNamed("other", "c", false);
    expect(departed).toEqual([]);
    table.endNamed("app", "c", false);
    expect(departed).toEqual([session.client]);
  });

  it("stay where a restricted client takes the name of a trusted one, and not the other way", () => {
    const { away, table, departed } = setup();
    const [trusted, restricted] = [away("c"), away("c", true)];
    table.endNamed("app", "c", true);
    expect(departed).toEqual([restricted.client]);
    table.endNamed("app", "c", false);
    expect(departed).toEqual([restricted.client, trusted.client]);
  });

  it("all end when they are told to, and those that are not away stay", () => {
    const { open, away, table, departed, wheel } = setup();
    open("here");
    const [a, b] = [away("a"), away("b")];
    table.endAway();
    expect([departed, wheel.size]).toEqual([[a.client, b.client], 0]);
  });
});

it("what is kept for one always fits into what may wait for its socket", () => {
  const { open, judge } = setup({ maxResumeFrames: 1000, maxBacklogBytes: 4000, maxResumeBytes: 65_536 });
  const session = open("c");
  for (let i = 0; i < 11; i++) session.outbox.send("x".repeat(100));
  expect([judge(session.token, { seq: 0 }).ok, judge(session.token, { seq: 1 }).ok]).toEqual([false, true]);
});
