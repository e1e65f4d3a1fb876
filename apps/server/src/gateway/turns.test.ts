import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTestClient } from "../testing/fixtures.ts";
import { setupLifecycle } from "./lifecycle.kit.ts";
import { createTurns } from "./turns.ts";

function setup(maxHeldBytes = 10_000) {
  const { session } = setupLifecycle().greet();
  const told: unknown[] = [];
  const clock = createSteppedClock();
  /** What handling a frame has to wait for, by its text. */
  const tasks = new Map<string, Promise<string>>();
  const turns = createTurns({
    handle(session, bytes) {
      const text = Buffer.from(bytes).toString();
      told.push(text);
      const task = tasks.get(text);
      if (task !== undefined) turns.wait(session, task, (outcome) => told.push(outcome));
    },
    overflow: () => told.push("overflow"),
    fail: (_, error) => told.push((error as Error).message),
    maxHeldBytes,
    clock,
  });
  const send = (text: string) => turns.hold(session, Buffer.from(text), false);
  return { session, told, tasks, turns, send, clock };
}

describe("frames of a connection", () => {
  it("are handled at once while nothing is waited for", () => {
    expect(setup().send("a")).toBe(false);
  });

  it("wait in order behind one that is not done with, and behind each other", async () => {
    const { session, told, tasks, turns, send } = setup();
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    turns.wait(session, first.promise, (outcome) => told.push(outcome));
    tasks.set("b", second.promise);
    expect([send("a"), send("b"), send("c")]).toEqual([true, true, true]);
    first.resolve("first");
    await expect.poll(() => told).toEqual(["first", "a", "b"]);
    expect(send("d")).toBe(true);
    second.resolve("second");
    await expect.poll(() => told).toEqual(["first", "a", "b", "second", "c", "d"]);
    expect([session.held, send("e")]).toEqual([null, false]);
  });

  it("are copied, for their bytes are only lent", async () => {
    const { session, told, turns } = setup();
    const first = Promise.withResolvers<string>();
    turns.wait(session, first.promise, () => {});
    const bytes = Buffer.from("abc");
    turns.hold(session, bytes, false);
    bytes.fill("x");
    first.resolve("");
    await expect.poll(() => told).toEqual(["abc"]);
  });

  it("end their connection where too many bytes of them wait", () => {
    const { session, told, turns, send } = setup(300);
    turns.wait(session, new Promise(() => {}), () => {});
    expect([send("a"), send("b"), send("c")]).toEqual([true, true, true]);
    expect(told).toEqual(["overflow"]);
  });

  it("of whoever has not identified may be few", () => {
    const { session, told, turns } = setup(10_000_000);
    turns.wait(session, new Promise(() => {}), () => {});
    turns.hold(session, new Uint8Array(60_000), false);
    expect(told).toEqual([]);
    turns.hold(session, new Uint8Array(6000), false);
    expect(told).toEqual(["overflow"]);
  });

  it("are dropped where the connection ends meanwhile, and so is what was waited for", async () => {
    const { session, told, turns, send } = setup();
    const first = Promise.withResolvers<string>();
    turns.wait(session, first.promise, (outcome) => told.push(outcome));
    send("a");
    session.state = "closing";
    first.resolve("first");
    await expect.poll(() => session.held).toBeNull();
    expect(told).toEqual([]);
  });

  it.each(["at once", "after a wait of its own each"])(
    "leave others their turn where many waited and are done %s",
    async (how) => {
      const { session, told, tasks, turns, send, clock } = setup(1_000_000);
      session.client = createTestClient({ id: "a" }).client;
      const first = Promise.withResolvers<string>();
      turns.wait(session, first.promise, () => {});
      const texts = Array.from({ length: 1000 }, (_, i) => `${i}`);
      for (const text of texts) {
        if (how !== "at once") tasks.set(text, Promise.resolve(text));
        send(text);
      }
      first.resolve("");
      // All that runs before anything else of the process does.
      await new Promise((resolve) => setImmediate(resolve));
      const soFar = told.length;
      expect(soFar).toBeGreaterThan(0);
      expect(soFar).toBeLessThan(1000);
      expect(send("last")).toBe(true);
      for (let turn = 0; turn < 10; turn++) {
        clock.advance(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const handled = how === "at once" ? texts : texts.flatMap((text) => [text, text]);
      expect([told, session.held]).toEqual([[...handled, "last"], null]);
    },
  );

  it("go on after what was waited for has failed", async () => {
    const { session, told, turns, send } = setup();
    turns.wait(session, Promise.reject(new Error("broken")), () => {});
    send("a");
    await expect.poll(() => told).toEqual(["broken", "a"]);
  });
});
