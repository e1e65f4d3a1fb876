import { digestContent } from "./content-ledger.ts";
import { type Frame, openRawClient, type RawClient } from "./raw-client.ts";
import { application, queues } from "./targets.ts";
import type { World } from "./world.ts";

/**
 * Takes messages for as long as a run lasts: acknowledges most, refuses some, keeps some until its lease or its
 * connection is over, and cuts its connection now and then.
 */
export interface Consumer {
  /** Connects to the run that began, and again where it cut itself off. */
  join(): void;
  /** Resolves once its connection is closed; it does not connect again. */
  gone(): Promise<void>;
}

export interface ConsumerHabits {
  readonly name: string;
  readonly pool: string;
  /** Messages that it asks for in each queue at a time. */
  readonly prefetch: number;
  /** How many of 1,000 messages make it cut its connection. */
  readonly cuts: number;
  /** The server's, by which it goes when it answers too late. */
  readonly leaseMs: number;
}

const maxThinkMs = 25;
const rejoinMs = 15;

interface Taken {
  readonly queue: string;
  readonly id: string;
}

export function createConsumer(world: World, { name, pool, prefetch, cuts, leaseMs }: ConsumerHabits): Consumer {
  const { random, ledger } = world;
  let client: RawClient | null = null;
  let connection = 0;
  let isWanted = false;

  function join(): void {
    isWanted = true;
    connection = world.next();
    const { run } = world;
    const mine = connection;
    const opened = openRawClient(
      world.port,
      { client: name, application, pool },
      {
        opened() {
          world.tell({ event: "opened", connection: mine, run, client: name, pool, atMs: Date.now() });
          for (const queue of queues) {
            world.tell({ event: "requested", connection: mine, queue, atMs: Date.now() });
            opened.send("QUEUE_REQUEST", { queue, count: prefetch });
          }
        },
        heard,
        refused({ d, ts }) {
          const nonce = typeof d.nonce === "string" ? d.nonce : null;
          const message = nonce === null ? String((d.extra_info as Partial<Taken> | null)?.id ?? "") : null;
          world.tell({ event: "denied", connection: mine, message, nonce, code: String(d.code), ts });
        },
        dismissed() {},
        closed() {
          world.tell({ event: "closed", connection: mine, atMs: Date.now() });
        },
      },
    );
    client = opened;
    void opened.gone.then(() => {
      // Its name may be taken until the server has noticed that the connection before is gone.
      if (isWanted && client === opened) setTimeout(() => isWanted && client === opened && join(), rejoinMs);
    });
  }

  function heard({ t, d, ts }: Frame): void {
    if (t === "QUEUE_SETTLED") world.tell({ event: "settled", connection, nonce: String(d.nonce), ts });
    else if (t === "QUEUE") take(d, ts);
    world.heard();
  }

  function take(d: Frame["d"], ts: number): void {
    const { queue, id, attempt, payload } = d.payload as {
      queue: string;
      id: string;
      attempt: number;
      payload: { content: number };
    };
    const digest = digestContent(payload, d.nonce, d.headers);
    world.tell({ event: "delivered", connection, queue, message: id, attempt, content: payload.content, digest, ts });
    client!.send("QUEUE_REQUEST", { queue, count: 1 });
    decide({ queue, id });
  }

  function decide(taken: Taken): void {
    if (world.isDraining) return ack(taken, true);
    if (random.between(1, 1000) <= cuts) {
      if (random.chance(0.5)) ack(taken, random.chance(0.5));
      return cut();
    }
    const dice = random.between(1, 100);
    const soonMs = random.between(0, maxThinkMs);
    if (dice <= 70) later(soonMs, () => ack(taken, true));
    else if (dice <= 82) later(soonMs, () => ack(taken, false));
    else if (dice <= 88) later(soonMs, () => nack(taken, random.pick([0, 0, 40, 400, null]), false));
    else if (dice <= 89) later(soonMs, () => nack(taken, null, true));
    else if (dice <= 92) later(leaseMs + random.between(-200, 1200), () => ack(taken, true));
    else if (dice <= 98) later(random.between(200, 700), () => ack(taken, true));
    // The rest is kept until its lease or the connection is over.
  }

  /** Does it after a while, should the connection be the same still. */
  function later(delayMs: number, act: () => void): void {
    const mine = client;
    const timer = setTimeout(() => client === mine && mine!.isOpen && act(), delayMs);
    void mine!.gone.then(() => clearTimeout(timer));
  }

  function ack({ queue, id }: Taken, wantsReceipt: boolean): void {
    const nonce = wantsReceipt ? `a${world.next()}` : null;
    ledger.ended(id);
    world.tell({ event: "acked", connection, message: id, nonce, atMs: Date.now() });
    client!.send("QUEUE_ACK", { queue, id }, nonce === null ? {} : { nonce });
  }

  function nack({ queue, id }: Taken, delayMs: number | null, dead: boolean): void {
    const nonce = random.chance(0.7) ? `n${world.next()}` : null;
    if (dead) ledger.ended(id);
    world.tell({ event: "nacked", connection, message: id, nonce, delayMs, dead, atMs: Date.now() });
    client!.send("QUEUE_NACK", { queue, id, delay_ms: delayMs, dead }, nonce === null ? {} : { nonce });
  }

  function cut(): void {
    world.tell({ event: "closing", connection, atMs: Date.now() });
    client!.cut();
  }

  return {
    join,
    async gone() {
      isWanted = false;
      await client?.gone;
    },
  };
}
