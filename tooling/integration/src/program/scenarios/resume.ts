import type { Client, StatusOf } from "@singyeong/client";
import { equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only } from "./parties.ts";

const messages = 3000;
/** The connection is cut whenever so many more have come. */
const cutEvery = 500;

/** The connection is cut under traffic, over and over, and nobody notices: no call fails, nothing is lost or comes twice. */
export const resume: Scenario = async (world) => {
  const server = await world.startServer();
  const wire = await world.layWire(server);
  await using ann = await join(wire, "ann", { metadata: { who: "ann" } });
  await using bob = await join(server, "bob", { metadata: { who: "bob" } });
  const connected: StatusOf<"connected">[] = [];
  ann.on("connected", (status) => connected.push(status));
  const count = (client: Client) =>
    client.serve({
      async *count(to: number) {
        for (let i = 0; i < to; i++) yield i;
      },
    });
  await using _bobs = count(bob);
  await using _anns = count(ann);
  const events: unknown[] = [];
  const subscription = ann.subscribe("news.*", (event) => void events.push(event.payload));
  await subscription.subscribed();

  const read = async (
    caller: Client,
    callee: string,
    seen: (total: number) => Promise<unknown>,
  ): Promise<unknown[]> => {
    const got: unknown[] = [];
    for await (const i of caller.call(only(callee), "count", messages)) {
      got.push(i);
      await seen(got.length);
    }
    return got;
  };
  const publishing = (async () => {
    for (let i = 0; i < 200; i++) await bob.publish("news.a", i);
  })();
  const cut = async (total: number): Promise<void> => {
    if (total % cutEvery !== 0) return;
    const back = next(ann, "connected");
    await world.resetWire(wire);
    await back;
  };
  const [down, up] = await Promise.all([read(ann, "bob", cut), read(bob, "ann", async () => undefined), publishing]);
  const all = Array.from({ length: messages }, (_, i) => i);
  equal(down, all, "what the client that was cut off read");
  equal(up, all, "what was read of it");
  equal(
    connected.map(({ resumed }) => resumed),
    Array(messages / cutEvery).fill(true),
    "whether it resumed",
  );
  while (events.length < 200) await ann.call(only("bob"), "count", 1);
  equal(
    events,
    Array.from({ length: 200 }, (_, i) => i),
    "events that it got",
  );
  await subscription.stop();
};
