import { equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next } from "./parties.ts";

const events = 100;

/** A member of a group is killed with an event that it has not acknowledged: another one gets it, with attempt 2, and nothing else twice. */
export const killedMember: Scenario = async (world) => {
  const server = await world.startServer("--resume-ms", "200");
  await using ann = await join(server, "ann", { metadata: { who: "ann" } });
  await using bob = await join(server, "bob");
  const inbox = ann.messages();
  const sleeper = await world.startPeer("sleeper", server);
  equal((await ann.publish("work.a", { number: 0 })).groups, 1, "groups that are told");
  equal((await inbox.next()).value?.payload, { taken: { number: 0 } }, "what the first member took");

  const got: [number, number][] = [];
  const { promise: all, resolve: noteAll } = Promise.withResolvers<void>();
  const subscription = bob.subscribe(
    "work.>",
    (event) => {
      got.push([(event.payload as { number: number }).number, event.attempt]);
      if (got.length === events) noteAll();
      return "done";
    },
    { group: "workers", concurrency: 8 },
  );
  await subscription.subscribed();
  await world.killPeer(sleeper);
  for (let number = 1; number < events; number++) await ann.publish("work.b", { number });
  await all;
  equal(
    got.sort(([a], [b]) => a - b),
    Array.from({ length: events }, (_, number) => [number, number === 0 ? 2 : 1]),
    "numbers and attempts",
  );
  const { group, payload } = await ann.publishAndWait("work.c", { number: events });
  equal([group, payload], ["workers", "done"], "the answer");
  await subscription.stop();
};

/** The server is killed while events are published and worked on, and comes back: what was confirmed is worked on. */
export const killedTopicServer: Scenario = async (world) => {
  const server = await world.startServer();
  await using ann = await join(server, "ann");
  await using bob = await join(server, "bob");
  const worked = new Set<number>();
  const confirmed = new Set<number>();
  const { promise: enough, resolve: noteEnough } = Promise.withResolvers<void>();
  const subscription = bob.subscribe("work.*", (event) => {
    worked.add((event.payload as { number: number }).number);
    if (worked.size === events / 2) noteEnough();
    return "done";
  });
  await subscription.subscribed();
  const publish = async (number: number): Promise<void> => {
    await ann.publish("work.a", { number }).then(
      () => confirmed.add(number),
      () => undefined,
    );
  };
  const first = Array.from({ length: events }, (_, number) => publish(number));
  await enough;
  const back = [next(ann, "connected"), next(bob, "connected")];
  await world.killServer(server);
  await world.restartServer(server);
  await Promise.all([...back, ...first]);
  const rest = Array.from({ length: events }, (_, number) => publish(events + number));
  await Promise.all(rest);
  await subscription.subscribed();
  const missing = (): number[] => [...confirmed].filter((number) => !worked.has(number));
  // What was confirmed comes sooner or later: the scenario is over in time, or fails.
  while (missing().length > 0) await ann.publishAndWait("work.b", { number: -1 });
  equal(confirmed.size >= events, true, "enough was confirmed");
  await subscription.stop();
};
