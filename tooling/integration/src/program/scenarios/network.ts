import { equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only } from "./parties.ts";

/** The connection is reset, nobody gets through for a while, and then the network is back. */
export const reset: Scenario = async (world) => {
  const server = await world.startServer();
  const wire = await world.layWire(server);
  await using ann = await join(wire, "ann", { metadata: { who: "ann" } });
  await using bob = await join(server, "bob", { metadata: { who: "bob" } });
  const inbox = bob.messages();

  const lost = next(ann, "disconnected");
  await world.unplugWire(wire);
  const { retryInMs } = await lost;
  holds(retryInMs !== null, "another attempt will be made");
  const kept = [1, 2, 3].map((payload) => ann.send(only("bob"), payload));
  const back = next(ann, "connected");
  await world.plugWire(wire);
  await back;
  for (const payload of [1, 2, 3]) equal((await inbox.next()).value!.payload, payload, "what was kept");
  equal(
    (await Promise.all(kept)).map(({ count }) => count),
    [1, 1, 1],
    "receipts of what was kept",
  );
  equal((await bob.send(only("ann"), "back?")).count, 1, "ann is found again");
};

/** The network swallows everything and says nothing: heartbeats that stay unanswered tell. */
export const silence: Scenario = async (world) => {
  const server = await world.startServer();
  const wire = await world.layWire(server);
  await using ann = await join(wire, "ann", { metadata: { who: "ann" }, connectTimeoutMs: 500 });
  await using bob = await join(server, "bob", { metadata: { who: "bob" } });
  const inbox = bob.messages();
  using _ann = ann.messages((message) => (message.wantsReply ? message.reply("here") : undefined));

  const lost = next(ann, "disconnected");
  await world.freezeWire(wire);
  const swallowed = ann.send(only("bob"), "swallowed").then(
    () => "confirmed",
    (error: { code: string }) => error.code,
  );
  await lost;
  const kept = ann.send(only("bob"), "kept");
  const back = next(ann, "connected");
  await world.thawWire(wire);
  await back;
  equal((await kept).count, 1, "what was sent once it was noticed");
  // Whoever notices first decides: a server that gave the client up has ended the session, and what was on its way is lost.
  const outcome = await swallowed;
  holds(outcome === "confirmed" || outcome === "client/connection-lost", `what was sent into the silence: ${outcome}`);
  if (outcome === "confirmed") equal((await inbox.next()).value!.payload, "swallowed", "what bob got first");
  equal((await inbox.next()).value!.payload, "kept", "what bob got");
  equal((await bob.request(only("ann"), "there?")).payload, "here", "ann's answer");
};
