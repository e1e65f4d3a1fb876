import { describe, expect, it } from "vitest";
import { createChannel } from "../channel/channel.ts";
import { settle, watch } from "../create-client.kit.ts";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import type { Status } from "../status/status.ts";
import { createStatusHub } from "../status/status-hub.ts";
import { createLate } from "./late.ts";
import { openStatuses } from "./open-statuses.ts";

const latency = (ms: number): Status => ({ type: "latency", ms });
const closed: Status = { type: "closed", error: null };

/** Statuses whose reading is loaded when the test says so. */
function stage() {
  const hub = createStatusHub(createSteppedPlatform());
  const { promise, resolve, reject } = Promise.withResolvers<typeof createChannel>();
  const late = createLate(
    () => promise,
    { attend: () => () => {} },
    () => null,
  );
  async function load(): Promise<void> {
    resolve(createChannel);
    await settle();
  }
  return { hub, statuses: openStatuses(hub, late), load, reject };
}

async function readAll(statuses: AsyncIterable<Status>): Promise<Status[]> {
  const read: Status[] = [];
  for await (const status of statuses) read.push(status);
  return read;
}

describe("statuses that come before they can be read", () => {
  it("wait, before those that come later", async () => {
    const { hub, statuses, load } = stage();
    hub.publish(latency(1));
    await load();
    hub.publish(latency(2));
    hub.publish(closed);
    expect(await readAll(statuses)).toEqual([latency(1), latency(2), closed]);
  });

  it("are read after the end", async () => {
    const { hub, statuses, load } = stage();
    hub.publish(latency(1));
    hub.publish(closed);
    await load();
    expect(await readAll(statuses)).toEqual([latency(1), closed]);
  });

  it("are so many at most, the newest", async () => {
    const { hub, statuses, load } = stage();
    for (let i = 0; i < 1000; i++) hub.publish(latency(i));
    statuses.close();
    hub.publish(latency(1000));
    await load();
    const read = await readAll(statuses);
    expect([read.length, read.at(-1)]).toEqual([256, latency(999)]);
  });

  it("fail their reader where that cannot be loaded", async () => {
    const { statuses, reject } = stage();
    const read = watch(statuses.next());
    reject({ code: "no network" });
    await settle();
    expect(read.value).toBe("no network");
  });
});
