import { describe, expect, it } from "vitest";
import { createChannel } from "../channel/channel.ts";
import { SingyeongError } from "../errors.ts";
import { openStatuses } from "../messaging/open-statuses.ts";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import type { Status } from "./status.ts";
import { createStatusHub, type StatusHub } from "./status-hub.ts";

const stage = () => createStatusHub(createSteppedPlatform());
const iterate = (hub: StatusHub) => openStatuses(hub, (run) => run(createChannel, null));
const latency = (ms: number): Status => ({ type: "latency", ms });
const closed: Status = { type: "closed", error: null };

async function readAll(statuses: AsyncIterable<Status>): Promise<Status[]> {
  const read: Status[] = [];
  for await (const status of statuses) read.push(status);
  return read;
}

describe("an iteration of statuses", () => {
  it("has what happens from its start to the end, the end included", async () => {
    const hub = stage();
    hub.publish(latency(1));
    const statuses = iterate(hub);
    hub.publish(latency(2));
    hub.publish({ type: "goodbye", reason: "drain" });
    hub.publish(closed);
    expect(await readAll(statuses)).toEqual([latency(2), { type: "goodbye", reason: "drain" }, closed]);
  });

  it("is each reader's own", async () => {
    const hub = stage();
    const all = [iterate(hub), iterate(hub)];
    hub.publish(closed);
    expect(await Promise.all(all.map(readAll))).toEqual([[closed], [closed]]);
  });

  it("is over at once where everything is", async () => {
    const hub = stage();
    hub.publish(closed);
    expect(await readAll(iterate(hub))).toEqual([]);
  });

  it("keeps so many for a reader that is slow, the newest", async () => {
    const hub = stage();
    const statuses = iterate(hub);
    for (let i = 0; i < 1000; i++) hub.publish(latency(i));
    hub.publish(closed);
    const read = await readAll(statuses);
    expect(read).toHaveLength(256);
    expect(read.at(-1)).toBe(closed);
  });

  it("ends when its loop is left, and the others go on", async () => {
    const hub = stage();
    const [left, other] = [iterate(hub), iterate(hub)];
    hub.publish(latency(1));
    for await (const _ of left) break;
    hub.publish(closed);
    expect(await left.next()).toEqual({ done: true, value: undefined });
    expect(await readAll(other)).toEqual([latency(1), closed]);
  });
});

describe("a handler of one type", () => {
  it("gets statuses of that type alone", () => {
    const hub = stage();
    const seen: number[] = [];
    hub.on("latency", ({ ms }) => void seen.push(ms));
    hub.publish(latency(1));
    hub.publish({ type: "draining" });
    hub.publish(latency(2));
    expect(seen).toEqual([1, 2]);
  });

  it("gets none once it is taken off, and others do", () => {
    const hub = stage();
    const seen: string[] = [];
    const off = hub.on("latency", () => void seen.push("first"));
    hub.on("latency", () => void seen.push("second"));
    hub.publish(latency(1));
    off();
    off();
    hub.publish(latency(2));
    expect(seen).toEqual(["first", "second", "second"]);
  });

  it("is taken off as often as it was put on, by what each time gave", () => {
    const hub = stage();
    const seen: number[] = [];
    const handler = ({ ms }: { readonly ms: number }): void => void seen.push(ms);
    const off = hub.on("latency", handler);
    hub.on("latency", handler);
    hub.publish(latency(1));
    off();
    off();
    hub.publish(latency(2));
    expect(seen).toEqual([1, 1, 2]);
  });

  it("may take itself off, or add another, while it is called", () => {
    const hub = stage();
    const seen: string[] = [];
    const off = hub.on("latency", () => {
      off();
      seen.push("first");
      hub.on("latency", () => void seen.push("second"));
    });
    hub.publish(latency(1));
    hub.publish(latency(2));
    expect(seen).toEqual(["first", "second"]);
  });

  it("is told of the end, once", () => {
    const hub = stage();
    const seen: Status[] = [];
    hub.on("closed", (status) => void seen.push(status));
    hub.publish(closed);
    expect(seen).toEqual([closed]);
  });
});

describe("a handler that fails", () => {
  it("is reported where it throws, and the others are still called", () => {
    const hub = stage();
    const errors: SingyeongError[] = [];
    const seen: number[] = [];
    hub.on("error", ({ error }) => void errors.push(error));
    const cause = new Error("odd");
    hub.on("latency", () => {
      throw cause;
    });
    hub.on("latency", ({ ms }) => void seen.push(ms));
    hub.publish(latency(1));
    hub.publish(latency(2));
    expect(seen).toEqual([1, 2]);
    expect(errors).toMatchObject([
      { code: "client/handler-threw", cause },
      { code: "client/handler-threw", cause },
    ]);
  });

  it("is reported after what it failed at, to handlers as to readers", async () => {
    const hub = stage();
    const statuses = iterate(hub);
    hub.on("latency", () => {
      throw "odd";
    });
    hub.publish(latency(1));
    hub.publish(closed);
    expect((await readAll(statuses)).map(({ type }) => type)).toEqual(["latency", "error", "closed"]);
  });

  it("is reported where its promise is rejected", async () => {
    const hub = stage();
    const statuses = iterate(hub);
    hub.on("latency", async () => {
      throw "odd";
    });
    hub.publish(latency(1));
    expect(await statuses.next()).toMatchObject({ value: latency(1) });
    expect(await statuses.next()).toMatchObject({ value: { type: "error", error: { code: "client/handler-threw" } } });
  });

  it("while it listens to reports is reported to nobody, by throwing or by a promise", async () => {
    const hub = stage();
    const statuses = iterate(hub);
    hub.on("error", () => {
      throw "odd";
    });
    hub.on("error", () => Promise.reject("odd"));
    const error = new SingyeongError("route/no-match", "nobody");
    hub.report(error);
    await Promise.resolve();
    hub.publish(closed);
    expect(await readAll(statuses)).toEqual([{ type: "error", error }, closed]);
  });
});

describe("after the end", () => {
  it("nobody is told of anything, neither of what was dropped before", async () => {
    const hub = stage();
    const seen: Status[] = [];
    hub.dropped("inbox");
    hub.publish(closed);
    for (const type of ["dropped", "error", "closed", "latency"] as const) hub.on(type, (status) => seen.push(status));
    hub.publish(closed);
    hub.publish(latency(1));
    hub.report(new SingyeongError("route/no-match", "nobody"));
    hub.dropped("outbox");
    await Promise.resolve();
    expect(seen).toEqual([]);
  });
});

describe("dropped messages", () => {
  it("are told together, those of one turn by where they were dropped", async () => {
    const hub = stage();
    const statuses = iterate(hub);
    for (let i = 0; i < 3; i++) hub.dropped("inbox");
    hub.dropped("outbox");
    expect((await statuses.next()).value).toEqual({ type: "dropped", from: "inbox", count: 3 });
    expect((await statuses.next()).value).toEqual({ type: "dropped", from: "outbox", count: 1 });
    hub.dropped("outbox");
    expect((await statuses.next()).value).toEqual({ type: "dropped", from: "outbox", count: 1 });
    hub.publish(closed);
    expect(await readAll(statuses)).toEqual([closed]);
  });
});
