import type { LoadContext, PluginContext } from "@singyeong/plugin";
import { describe, expect, it } from "vitest";
import { createTestHost, createTestServer, forever, someone } from "./plugins.kit.ts";

/** Loads one plugin and hands over its context. */
async function load(more: Parameters<typeof createTestHost>[0][number] = { name: "a" }, options = {}) {
  let context: LoadContext | undefined;
  const host = createTestHost(
    [
      {
        ...more,
        load(given) {
          context = given;
        },
      },
    ],
    options,
  );
  await host.hooks.start(host.server);
  return { ...host, context: context! };
}

describe("loading", () => {
  it("is done in order, one after the other, with what others export", async () => {
    const seen: unknown[] = [];
    const { hooks, server } = createTestHost([
      {
        name: "b",
        needs: ["a"],
        load: (context) => void seen.push(["b", context.exportsOf("a"), context.exportsOf("c")]),
        after: ["c"],
      },
      {
        name: "a",
        async load() {
          await Promise.resolve();
          seen.push("a");
          return { exports: { answer: 42 } };
        },
      },
    ]);
    await hooks.start(server);
    expect(seen).toEqual(["a", ["b", { answer: 42 }, undefined]]);
  });

  it("gives hooks the state that it returned, and the settings as they were checked", async () => {
    let seen: unknown;
    const onConnect = (_client: unknown, { state, settings, name }: PluginContext): void => {
      seen = [name, state, settings];
    };
    const { hooks, server } = createTestHost(
      [{ name: "a", settings: (given) => ({ size: Number(given) }), load: () => ({ state: "s" }), onConnect }],
      { settings: { a: "7" } },
    );
    await hooks.start(server);
    hooks.connected(someone);
    expect(seen).toEqual(["a", "s", { size: 7 }]);
  });

  it("that fails names the plugin, and ends those before it", async () => {
    const ended: string[] = [];
    const { hooks, server } = createTestHost([
      { name: "a", load: () => ({ stop: () => ended.push("a") }) },
      { name: "b", load: () => Promise.reject(new Error("no database")) },
      { name: "c", load: () => void ended.push("c was loaded") },
    ]);
    await expect(hooks.start(server)).rejects.toThrow("plugin b did not load: no database");
    expect(ended).toEqual(["a"]);
  });

  it("that never ends fails", async () => {
    const { hooks, server, after } = createTestHost([{ name: "a", load: forever }]);
    const refused = expect(after(1000, hooks.start(server))).rejects.toThrow(
      "plugin a did not load: it took longer than 30 s",
    );
    await refused;
  });

  it("that returns something else fails", async () => {
    for (const wrong of [7, { sate: 1 }, { stop: 1 }]) {
      const { hooks, server } = createTestHost([{ name: "a", load: () => wrong as object }]);
      await expect(hooks.start(server)).rejects.toThrow("plugin a did not load: ");
    }
  });

  it("is not tried with settings that are wrong", () => {
    const wrong = (settings: unknown) => () =>
      createTestHost([{ name: "a", settings: settings as () => unknown }], { settings: { a: { size: "big" } } });
    const why = "plugin a: its settings (pluginSettings.a) are wrong: ";
    expect(
      wrong(() => {
        throw new TypeError("size: a number");
      }),
    ).toThrow(`${why}size: a number`);
    const schema = (validate: () => unknown) => ({ "~standard": { version: 1, vendor: "x", validate } });
    expect(wrong(schema(() => ({ issues: [{ message: "a number", path: ["size", { key: "x" }] }] })))).toThrow(
      `${why}size.x: a number`,
    );
    expect(wrong(schema(async () => ({ value: 1 })))).toThrow(`${why}a schema that validates asynchronously`);
    expect(wrong(schema(() => ({ value: 1 })))).not.toThrow();
  });

  it("warns of settings that are nobody's", () => {
    const { logged } = createTestHost([{ name: "a" }], { settings: { b: 1 } });
    expect(logged).toMatchObject([{ level: "warn", plugin: "b" }]);
  });
});

describe("a plugin's context", () => {
  it("has the clients, and those that a query keeps", async () => {
    const { context } = await load();
    expect(context.clients()).toEqual([someone]);
    expect(context.query({ application: "app" })).toEqual([someone]);
    expect(context.query({ application: "other" })).toEqual([]);
    expect(() => context.query({})).toThrow(TypeError);
    expect(() => context.query({ application: undefined })).toThrow("query: /application is undefined");
  });

  it("sends to one and to all, unasked", async () => {
    const { context, server } = await load();
    expect(context.send({ application: "app" }, "NEWS", { n: 1n })).toBe(true);
    expect(context.send({ application: "other" }, "NEWS", 1)).toBe(false);
    expect(context.broadcast({ application: "app" }, "NEWS", 2)).toBe(1);
    expect(server.sent).toEqual([
      { kind: "one", event: "NEWS", payload: { n: 1n } },
      { kind: "one", event: "NEWS", payload: 1 },
      { kind: "all", event: "NEWS", payload: 2 },
    ]);
    expect(() => context.send({ application: "app" }, "NEWS", { at: new Date(0) } as never)).toThrow(
      "payload: /at is no plain object",
    );
    expect(() => context.send({ application: "app" }, "", 1)).toThrow("event: text of at least one character");
  });

  it("has no server before it is started", () => {
    expect(() =>
      createTestHost([
        { name: "a", settings: () => 1, onConnect: (_client, { clients }) => clients() },
      ]).hooks.connected(someone),
    ).not.toThrow();
  });

  it("has exports only of those that the plugin names", async () => {
    const { context } = await load();
    expect(() => context.exportsOf("b")).toThrow("plugin a names b neither in needs nor in after");
  });

  it("logs under the plugin's name, whatever the fields say", async () => {
    const { context, logged, clock } = await load();
    context.logger.info("hello", { plugin: "other", n: 1 });
    context.logger.warn("careful");
    expect(logged).toEqual([
      { level: "info", message: "hello", plugin: "a", n: 1 },
      { level: "warn", message: "careful", plugin: "a" },
    ]);
    expect(context.clock.now()).toBe(clock.now());
  });

  it("counts what grows, by good names, and not without end", async () => {
    const { context } = await load();
    const counter = context.metrics.counter("things", "Things.");
    expect(context.metrics.counter("things", "Things.")).toBe(counter);
    expect(() => counter.add(-1)).toThrow(RangeError);
    expect(() => context.metrics.counter("Bad Name", "x")).toThrow("no name of a counter");
    for (let i = 1; i < 100; i++) context.metrics.counter(`c${i}`, "x");
    expect(() => context.metrics.counter("more", "x")).toThrow("at most 100 counters");
  });
});

describe("a plugin's timers", () => {
  it("run once, or again and again, until they are stopped", async () => {
    const { context, clock } = await load();
    const ran: string[] = [];
    context.timers.after(10, () => ran.push("once"));
    context.timers.after(10, () => ran.push("never"))();
    const stop = context.timers.every(10, () => ran.push("again"));
    clock.advance(35);
    expect(ran).toEqual(["once", "again", "again", "again"]);
    stop();
    clock.advance(100);
    expect(ran).toHaveLength(4);
  });

  it("wait for a task that takes its time", async () => {
    const { context, clock, after } = await load();
    let running = 0;
    let most = 0;
    let finish = (): void => {};
    context.timers.every(10, () => {
      most = Math.max(most, ++running);
      return new Promise<void>((resolve) => {
        finish = () => {
          running--;
          resolve();
        };
      });
    });
    clock.advance(100);
    expect([running, most]).toEqual([1, 1]);
    finish();
    await after(0, Promise.resolve());
    clock.advance(10);
    expect([running, most]).toEqual([1, 1]);
  });

  it("go on after what they throw, which is logged and counted", async () => {
    const { context, clock, failures, after } = await load();
    context.timers.every(10, () => {
      throw new Error("x");
    });
    context.timers.after(10, () => Promise.reject(new Error("x")));
    clock.advance(20);
    await after(0, Promise.resolve());
    expect(failures).toEqual(Array(3).fill("a timers threw"));
  });

  it("are no more than a thousand, and take no nonsense", async () => {
    const { context } = await load();
    expect(() => context.timers.every(0, () => {})).toThrow(RangeError);
    expect(() => context.timers.after(Number.NaN, () => {})).toThrow(RangeError);
    for (let i = 0; i < 1000; i++) context.timers.after(1000, () => {});
    expect(() => context.timers.after(1, () => {})).toThrow("at most 1000 timers");
  });
});

describe("the end of plugins", () => {
  it("comes last to first, and takes all that is theirs", async () => {
    const ended: string[] = [];
    const { hooks, clock, server } = createTestHost([
      {
        name: "a",
        load({ onStop, timers, signal }) {
          onStop(() => ended.push("a registered first"));
          onStop(() => ended.push("a registered then"));
          signal.addEventListener("abort", () => ended.push("a aborted"));
          timers.every(10, () => ended.push("a timer"));
          return { stop: () => ended.push("a returned") };
        },
      },
      { name: "b", load: () => ({ stop: async () => void ended.push("b") }) },
    ]);
    await hooks.start(server);
    await hooks.stop();
    clock.advance(1000);
    expect(ended).toEqual(["b", "a aborted", "a returned", "a registered then", "a registered first"]);
    await hooks.stop();
    expect(ended).toHaveLength(5);
  });

  it("is not hindered by one that throws or hangs", async () => {
    const ended: string[] = [];
    const { hooks, after, failures } = createTestHost([
      { name: "a", load: () => ({ stop: () => ended.push("a") }) },
      { name: "b", load: () => ({ stop: forever }) },
      { name: "c", load: () => ({ stop: () => Promise.reject(new Error("x")) }) },
    ]);
    await hooks.start(createTestServer());
    await after(100, hooks.stop());
    expect(ended).toEqual(["a"]);
    expect(failures).toEqual(["c stop threw", "b stop timeout"]);
  });

  it("leaves a plugin nothing of the server", async () => {
    const { context, hooks } = await load();
    await hooks.stop();
    expect(() => context.clients()).toThrow("plugin a has ended");
    expect(() => context.send({ application: "app" }, "X", 1)).toThrow("plugin a has ended");
    expect(context.signal.aborted).toBe(true);
  });
});
