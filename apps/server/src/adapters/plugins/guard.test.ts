import { describe, expect, it } from "vitest";
import { createTestHost, forever, someone } from "./plugins.kit.ts";

describe("a plugin that keeps being late", () => {
  function createHanging() {
    let hangs = true;
    const host = createTestHost([
      { name: "a", events: { PING: () => (hangs ? forever() : undefined), PONG() {} }, onConnect() {} },
      { name: "b", events: { PING() {} } },
    ]);
    const ping = () => host.after(100, host.hooks.own(someone, "PING", 1));
    const recover = (): void => {
      hangs = false;
    };
    return { ...host, ping, recover };
  }

  it("is out of traffic after five times in a row, for 30 seconds, with a word in the log", async () => {
    const { hooks, ping, recover, clock, logged, failures } = createHanging();
    for (let i = 0; i < 5; i++) expect(await ping()).toMatchObject({ reason: "plugin a took too long" });
    expect(logged.at(-1)).toMatchObject({ message: "plugin a is taken out of traffic for a while", plugin: "a" });
    recover();
    const out = { kind: "error", reason: "plugin a is out of traffic", undoErrors: [] };
    expect(hooks.own(someone, "PING", 1)).toEqual(out);
    expect(hooks.own(someone, "PONG", 1)).toEqual(out);
    expect(failures.slice(-2)).toEqual(["a onEvent isolated", "a onEvent isolated"]);
    clock.advance(29_900);
    expect(hooks.own(someone, "PONG", 1)).toEqual(out);
    clock.advance(100);
    expect(hooks.own(someone, "PING", 1)).toEqual({ kind: "next", frames: [] });
  });

  it("is out again at once where it is late when it may try again", async () => {
    const { hooks, ping, clock } = createHanging();
    for (let i = 0; i < 5; i++) await ping();
    clock.advance(30_000);
    expect(await ping()).toMatchObject({ reason: "plugin a took too long" });
    expect(hooks.own(someone, "PING", 1)).toMatchObject({ reason: "plugin a is out of traffic" });
  });

  it("stays in traffic where it is in time in between, by the same hook", async () => {
    const { hooks, ping } = createHanging();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) await ping();
      // Another hook says nothing of this one.
      hooks.connected(someone);
      hooks.own(someone, "PONG", 1);
    }
    expect(hooks.own(someone, "PONG", 1)).toMatchObject({ kind: "next" });
  });

  it("counts as late as well where it holds the whole process up", () => {
    const host = createTestHost([{ name: "a", events: { PING: () => host.clock.advance(101) as undefined } }]);
    for (let i = 0; i < 5; i++) expect(host.hooks.own(someone, "PING", 1)).toMatchObject({ kind: "next" });
    expect(host.failures).toEqual(Array(5).fill("a onEvent timeout"));
    expect(host.hooks.own(someone, "PING", 1)).toMatchObject({ reason: "plugin a is out of traffic" });
  });
});

describe("calls that fail", () => {
  it("are logged once a second for each hook, with how many were not", () => {
    const { hooks, clock, logged } = createTestHost([
      {
        name: "a",
        onConnect() {
          throw new Error("x");
        },
      },
    ]);
    for (let i = 0; i < 50; i++) hooks.connected(someone);
    clock.advance(1000);
    hooks.connected(someone);
    expect(logged).toMatchObject([{ suppressed: 0 }, { suppressed: 49 }]);
  });

  it("are refused past ten thousand that are not settled", () => {
    const { hooks, failures } = createTestHost([{ name: "a", onConnect: forever }]);
    for (let i = 0; i < 10_001; i++) hooks.connected(someone);
    expect(failures).toEqual(["a onConnect overloaded"]);
  });

  it("of one that is told something are nobody else's business", async () => {
    const told: string[] = [];
    const { hooks } = createTestHost([
      { name: "a", onConnect: () => Promise.reject(new Error("x")), onMetadata: forever },
      {
        name: "b",
        onConnect: ({ id }) => void told.push(`+${id}`),
        onDisconnect: ({ id }) => void told.push(`-${id}`),
        onMetadata: ({ metadata }) => void told.push(`${metadata.region}`),
      },
    ]);
    hooks.connected(someone);
    hooks.changed(someone);
    hooks.disconnected(someone);
    expect(told).toEqual(["+someone", "asia", "-someone"]);
  });
});
