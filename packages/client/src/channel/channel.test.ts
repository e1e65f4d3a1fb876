import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type Channel, createChannel } from "./channel.ts";

const end = { done: true, value: undefined };

async function readAll<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const value of values) read.push(value);
  return read;
}

describe("a channel", () => {
  it("gives what was pushed before and after it was read, in order", async () => {
    const channel = createChannel<number>(10);
    channel.push(1);
    const reads = [channel.next(), channel.next(), channel.next()];
    channel.push(2);
    channel.push(3);
    expect(await Promise.all(reads)).toEqual([1, 2, 3].map((value) => ({ done: false, value })));
  });

  it("is still read to its last value after it was closed", async () => {
    const channel = createChannel<number>(10);
    channel.push(1);
    channel.push(2);
    channel.close();
    channel.push(3);
    expect(await readAll(channel)).toEqual([1, 2]);
    expect(await channel.next()).toEqual(end);
  });

  it("says when a value takes the place of the oldest", async () => {
    const channel = createChannel<number>(2);
    expect([1, 2, 3].map((value) => channel.push(value))).toEqual([true, true, false]);
    channel.close();
    expect(await readAll(channel)).toEqual([2, 3]);
  });

  it("does not count those that wait for values against its capacity", async () => {
    const channel = createChannel<number>(1);
    const reads = [channel.next(), channel.next(), channel.next()];
    expect([1, 2, 3, 4].map((value) => channel.push(value))).toEqual([true, true, true, true]);
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(await channel.next()).toEqual({ done: false, value: 4 });
  });

  it("tells every reader of its end, and tells its maker once", async () => {
    const ended = vi.fn();
    const channel = createChannel<number>(10, ended);
    const reads = [channel.next(), channel.next()];
    channel.close();
    channel.close();
    await channel.return();
    expect(await Promise.all(reads)).toEqual([end, end]);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("ends, and forgets what waits, when its reader leaves the loop", async () => {
    const ended = vi.fn();
    const channel = createChannel<number>(10, ended);
    channel.push(1);
    channel.push(2);
    for await (const value of channel) {
      expect(value).toBe(1);
      break;
    }
    expect(ended).toHaveBeenCalledTimes(1);
    expect(channel.push(3)).toBe(true);
    expect(await channel.next()).toEqual(end);
  });

  it("ends at the end of an `await using`, for readers that wait as well", async () => {
    let read: Promise<IteratorResult<number, undefined>>;
    {
      await using channel = createChannel<number>(10);
      read = channel.next();
    }
    expect(await read).toEqual(end);
  });

  it("is busy while values wait, and until its reader comes back for more", async () => {
    const channel = createChannel<number>(10);
    const idle = vi.fn();
    channel.whenIdle(idle);
    expect([channel.busy, idle.mock.calls.length]).toEqual([false, 1]);
    channel.push(1);
    channel.push(2);
    channel.whenIdle(idle);
    const seen: boolean[] = [channel.busy];
    for (let i = 0; i < 2; i++) {
      await channel.next();
      seen.push(channel.busy);
    }
    expect([seen, idle.mock.calls.length]).toEqual([[true, true, true], 1]);
    const next = channel.next();
    expect([channel.busy, idle.mock.calls.length]).toEqual([false, 2]);
    channel.push(3);
    await next;
    expect(channel.busy).toBe(true);
  });

  it.each<[string, (channel: Channel<number>) => Promise<unknown>]>([
    ["its reader leaves", (channel) => channel.return()],
    [
      "its reader comes to the end",
      async (channel) => {
        channel.close();
        expect(channel.busy).toBe(true);
        await readAll(channel);
      },
    ],
  ])("is busy no more once %s, and says so to all who ask", async (_, finish) => {
    const channel = createChannel<number>(10);
    const idle = [vi.fn(), vi.fn()];
    channel.push(1);
    channel.push(2);
    await channel.next();
    for (const run of idle) channel.whenIdle(run);
    await finish(channel);
    expect(channel.busy).toBe(false);
    for (const run of idle) expect(run).toHaveBeenCalledTimes(1);
  });

  it("gives each value to one of its readers, as an array and a line of readers would", async () => {
    const steps = fc.array(fc.constantFrom("push", "push", "next", "next", "close", "return"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (capacity, path) => {
        const channel = createChannel<number>(capacity);
        const reads: Promise<IteratorResult<number, undefined>>[] = [];
        const expected: (number | "end" | "waits")[] = [];
        let values: number[] = [];
        let open = true;
        path.forEach((step, i) => {
          if (step === "push") {
            channel.push(i);
            const reader = expected.indexOf("waits");
            if (!open) return;
            if (reader >= 0) expected[reader] = i;
            else values = [...values, i].slice(-capacity);
          } else if (step === "next") {
            reads.push(channel.next());
            expected.push(values.shift() ?? (open ? "waits" : "end"));
          } else {
            if (step === "close") channel.close();
            else void channel.return();
            if (step === "return") values = [];
            open = false;
            expected.forEach((outcome, reader) => {
              if (outcome === "waits") expected[reader] = "end";
            });
          }
        });
        channel.close();
        const results = await Promise.all(reads);
        const outcomes = results.map(({ done, value }) => (done ? "end" : value));
        expect(outcomes).toEqual(expected.map((outcome) => (outcome === "waits" ? "end" : outcome)));
      }),
    );
  });
});
