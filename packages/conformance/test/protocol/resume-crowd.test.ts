import { describe, expect, test } from "vitest";
import { freshName, type IdentifiedClient } from "../../src/identified.ts";
import { type PersistentClient, persist } from "../../src/persistent.ts";
import { resumable, steady } from "../../src/sessions.ts";
import { listeners, startServer } from "../../src/start-server.ts";

const clientCount = 1000;
const messageCount = 30;
/** All clients are dropped at once when so much of all traffic has passed. */
const dropsAt = [0.2, 0.5, 0.8];
/** Connections that are opened at a time. */
const connectingAtOnce = 50;

/** What one client, or the other end of its stream, has got. */
type Inbox = number[];

describe.each(listeners)("a thousand clients that are dropped under traffic (%s)", (listener) => {
  test("[RS-1, RS-2, RS-3, RS-5] all resume, each time; all messages arrive once, in order, both ways", {
    timeout: 120_000,
  }, async () => {
    await using server = await startServer({ listener });
    await using hub = await steady(server);
    const application = freshName("crowd");
    const got: Inbox[] = Array.from({ length: clientCount }, () => []);
    const clients: PersistentClient[] = [];
    for (let first = 0; first < clientCount; first += connectingAtOnce) {
      const some = Array.from({ length: connectingAtOnce }, (_, i) =>
        joined(server, application, first + i, got[first + i]!),
      );
      clients.push(...(await Promise.all(some)));
    }

    const drops: Promise<boolean>[] = [];
    const echoed = await converse(hub, application, () => {
      drops.push(...clients.map((client) => client.drop()));
    });
    const resumed = await Promise.all(drops);

    const all = [...Array(messageCount).keys()];
    for (let i = 0; i < clientCount; i++) expect([i, got[i], echoed[i]]).toEqual([i, all, all]);
    expect(resumed).toEqual(Array(clientCount * dropsAt.length).fill(true));
    await hub.settle();
    await Promise.all(clients.map((client) => client.close()));
  });
});

/** A client that says back what it is told over the stream that is opened to it, giving credit for each. */
async function joined(
  server: Parameters<typeof resumable>[0],
  application: string,
  number: number,
  got: Inbox,
): Promise<PersistentClient> {
  const metadata = { number: { type: "integer", value: number } };
  const client = await resumable(server, { application, identify: { metadata } });
  return persist(server, client, ({ t, d }, self) => {
    if (t !== "DATA") return;
    got.push(d.payload);
    // In this order: credit for what is said back has come when the next message does.
    self.say("DATA", { id: d.id, payload: d.payload });
    self.say("CREDIT", { id: d.id, n: 1 });
  });
}

/** Opens a stream to each client, and sends its messages as credit allows; resolves with what came back. */
async function converse(hub: IdentifiedClient, application: string, dropAll: () => void): Promise<Inbox[]> {
  const echoed: Inbox[] = Array.from({ length: clientCount }, () => []);
  const sent = new Array<number>(clientCount).fill(0);
  const credit = new Array<number>(clientCount).fill(16);
  const drops = dropsAt.map((share) => Math.floor(share * clientCount * messageCount));
  let total = 0;
  let credits = 0;

  function send(id: number): void {
    for (; credit[id]! > 0 && sent[id]! < messageCount; sent[id]!++) {
      credit[id]!--;
      hub.dispatch("DATA", { id, payload: sent[id] });
    }
  }

  for (let id = 0; id < clientCount; id++) {
    const ops = [{ path: "/number", op: "$eq", to: { value: id } }];
    hub.dispatch("CALL", { id, target: { application, ops }, method: "echo" });
    send(id);
  }
  while (total < clientCount * messageCount || credits < clientCount * messageCount) {
    const { t, d } = await hub.next();
    if (t === "CREDIT") {
      credits += d.n;
      credit[d.id]! += d.n;
      send(d.id);
    } else if (t === "DATA") {
      echoed[d.id]!.push(d.payload);
      hub.dispatch("CREDIT", { id: d.id, n: 1 });
      if (++total === drops[0]) {
        drops.shift();
        dropAll();
      }
    } else throw new Error(`expected traffic, got ${t} ${JSON.stringify(d)}`);
  }
  return echoed;
}
