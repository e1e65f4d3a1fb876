import { equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next } from "./parties.ts";

const warmUp = 30;
const reconnects = 100;
/** Compiled code and caches account for some growth; what is kept per connection would show a hundredfold. */
const maxGrowthBytes = 100 * 5_000;

/** A hundred connections are lost, and nothing of them stays. */
export const leaks: Scenario = async (world) => {
  const server = await world.startServer();
  const wire = await world.layWire(server);
  const client = await join(wire, "ann", { metadata: { who: "ann" } });
  const inbox = client.messages();
  const loseConnections = async (count: number): Promise<void> => {
    for (let lost = 0; lost < count; lost++) {
      const back = next(client, "connected");
      await world.resetWire(wire);
      await back;
      await client.send("desk", lost);
      await inbox.next();
    }
  };

  await loseConnections(warmUp);
  const before = await world.census();
  await loseConnections(reconnects);
  const after = await world.census();
  equal(
    [after.timers.length, after.sockets],
    [before.timers.length, before.sockets],
    "timers and sockets that are open",
  );
  const growth = (after.heapBytes ?? 0) - (before.heapBytes ?? 0);
  holds(growth < maxGrowthBytes, `the heap grew by ${growth} bytes, less than ${maxGrowthBytes}`);
  await client.close();
  const { timers, sockets } = await world.census();
  equal([timers, sockets], [[], 0], "timers and sockets after close");
};
