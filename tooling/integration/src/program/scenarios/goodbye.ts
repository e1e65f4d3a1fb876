import { equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only, record } from "./parties.ts";

/** Longer than the test may take: whoever waits before the next attempt is never seen again. */
const never = { minDelayMs: 3_600_000, maxDelayMs: 3_600_000 };

/** A server that stops says goodbye, and the client goes to the next of its list without a pause. */
export const goodbye: Scenario = async (world) => {
  const [first, second] = [await world.startServer(), await world.startServer()];
  await using ann = await join([first, second], "ann", { metadata: { who: "ann" }, reconnect: never });
  const happened = record(ann);
  const moved = next(ann, "connected");
  await world.drainServer(first);
  await moved;
  await using bob = await join(second, "bob");
  equal((await bob.send(only("ann"), "moved?")).count, 1, "ann is found at the second server");
  const told = happened.map(({ type }) => type).filter((type) => type !== "latency" && type !== "disconnected");
  equal(told, ["goodbye", "connecting", "connected"], "what ann was told");
};
