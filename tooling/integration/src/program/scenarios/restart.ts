import { equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only } from "./parties.ts";

const inFlight = 20;
const beforeKill = 300;
const whileAway = 200;

/**
 * The server is killed under traffic and comes back: what was confirmed had arrived, what is sent while it is away
 * arrives afterwards, in order, and metadata is there again.
 */
export const restart: Scenario = async (world) => {
  const server = await world.startServer();
  // The sender's way can be barred, so that the receiver is back first: who is not there yet gets nothing.
  const wire = await world.layWire(server);
  await using receiver = await join(server, "receiver", { metadata: { who: "receiver" } });
  await using sender = await join(wire, "sender");
  await receiver.metadata.set({ mood: "fine" });

  const arrived: number[] = [];
  const [lastArrived, noteLast] = signal();
  using _receiving = receiver.messages(({ payload }) => {
    arrived.push(payload.number);
    if (payload.last) noteLast();
  });
  const confirmed: number[] = [];
  const [enoughConfirmed, noteEnough] = signal();
  let sent = 0;
  const send = async (last = false): Promise<void> => {
    const number = sent++;
    const { count } = await sender.send(only("receiver"), { number, last });
    if (count === 1) confirmed.push(number);
    if (confirmed.length === beforeKill) noteEnough();
  };

  // Each of these sends as soon as its last message was confirmed, while there is a connection.
  const sendWhileConnected = async (): Promise<unknown> => {
    while (sender.connected) {
      const lost = await send().then(
        () => null,
        (error: { code: unknown }) => error.code,
      );
      if (lost !== null) return lost;
    }
    return "client/connection-lost";
  };
  const traffic = Array.from({ length: inFlight }, sendWhileConnected);
  await enoughConfirmed;
  const bothLost = [next(sender, "disconnected"), next(receiver, "disconnected")];
  const receiverBack = next(receiver, "connected");
  await world.unplugWire(wire);
  await world.killServer(server);
  await Promise.all(bothLost);

  const firstAway = sent;
  const away = Array.from({ length: whileAway }, (_, i) => send(i === whileAway - 1));
  await world.restartServer(server);
  const { again } = await receiverBack;
  holds(again, "the receiver knows that it was there before");
  const senderBack = next(sender, "connected");
  await world.plugWire(wire);
  await senderBack;
  await Promise.all([...away, lastArrived]);
  // What was under way is lost for certain only now: had the server lived, the session would have been resumed.
  equal([...new Set(await Promise.all(traffic))], ["client/connection-lost"], "how sends were lost");

  const missing = confirmed.filter((number) => !arrived.includes(number));
  equal(missing, [], "what was confirmed and did not arrive");
  const late = arrived.filter((number) => number >= firstAway);
  equal(
    late,
    Array.from({ length: whileAway }, (_, i) => firstAway + i),
    "what was sent while the server was away",
  );
  const [node] = await sender.queryNodes(only("receiver"));
  const { who, mood } = node!.metadata;
  equal([who, mood], ["receiver", "fine"], "the receiver's metadata");
};

/** A promise and what resolves it. */
function signal(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}
