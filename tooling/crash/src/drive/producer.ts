import { digestContent } from "./content-ledger.ts";
import { type Frame, openRawClient, type RawClient } from "./raw-client.ts";
import { drawTarget, queues } from "./targets.ts";
import type { World } from "./world.ts";

/** Pushes messages for as long as a run lasts, several on their way at a time, and repeats what has an id. */
export interface Producer {
  /** Connects to the run that began. */
  join(): void;
  /** Sends nothing more in this run, or where it drains but what is not answered yet. */
  leave(): void;
  /** Resolves once its connection is closed. */
  gone(): Promise<void>;
  /** Pushes that are not answered and can be repeated. */
  readonly waiting: number;
}

/** A message as it is pushed, and pushed again. */
interface Draft {
  readonly content: number;
  readonly digest: string;
  readonly pool: string | null;
  readonly d: { readonly queue: string; readonly nonce: string; readonly id: string | null } & Record<string, unknown>;
  readonly target: string;
  readonly priority: number;
  readonly delayMs: number;
  readonly firstMs: number;
}

const maxOutstanding = 150;
const maxBurst = 12;
const maxPauseMs = 15;
/** Repeats end long before the server may have forgotten the id. */
const maxRepeatMs = 60_000;
/** More than the server takes of one message. */
const tooManyBytes = 70_000;

export function createProducer(world: World, name: string): Producer {
  const { random, ledger } = world;
  let client: RawClient | null = null;
  let connection = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Pushes under way, by nonce. */
  let outstanding = new Map<string, { readonly push: number; readonly draft: Draft }>();
  /** What has an id and was not confirmed before its run ended. */
  let unconfirmed: Draft[] = [];
  /** Some that were confirmed, to be said again. */
  let confirmed: Draft[] = [];

  function drawText(): string {
    const kind = random.between(0, 99);
    const length =
      kind < 80 ? random.between(10, 300) : kind < 97 ? random.between(1000, 5000) : random.between(15_000, 40_000);
    return `${random.fraction()} 신경 `.repeat(Math.ceil(length / 22));
  }

  function draft(): Draft {
    const content = world.next();
    const { query, pool } = drawTarget(random);
    const isBad = random.chance(0.01);
    const target = isBad ? { ops: "none" } : query;
    const payload = { content, by: name, text: random.chance(0.003) ? "x".repeat(tooManyBytes) : drawText() };
    const nonce = `c${content}`;
    const headers = { trace: `t${content}` };
    const id = random.chance(0.4) ? `id-${content}` : null;
    const priority = random.chance(0.7) ? 4 : random.between(0, 9);
    const delayMs = random.chance(0.1) ? random.between(1, 1500) : 0;
    const d = { queue: random.pick(queues), target, payload, nonce, headers, id, priority, delay_ms: delayMs };
    const digest = digestContent(payload, nonce, headers);
    return { content, digest, pool, d, target: JSON.stringify(target), priority, delayMs, firstMs: Date.now() };
  }

  function send(draft: Draft): void {
    const { content, digest, pool, d, target, priority, delayMs } = draft;
    if (!client!.isOpen || outstanding.has(d.nonce)) return;
    const push = world.next();
    outstanding.set(d.nonce, { push, draft });
    const { queue, id } = d;
    const atMs = Date.now();
    world.tell({
      event: "pushed",
      push,
      connection,
      queue,
      content,
      digest,
      id,
      pool,
      target,
      priority,
      delayMs,
      atMs,
    });
    client!.send("QUEUE", d);
  }

  function repeat(): void {
    const nowMs = Date.now();
    const again = unconfirmed.filter(({ firstMs }) => nowMs - firstMs < maxRepeatMs);
    unconfirmed = [];
    for (const draft of again) send(draft);
    const known = confirmed.filter(({ firstMs }) => nowMs - firstMs < maxRepeatMs && random.chance(0.3));
    confirmed = [];
    for (const draft of known) send(draft);
  }

  function work(): void {
    if (!client!.isOpen || world.isDraining) return;
    if (outstanding.size < maxOutstanding) for (let i = random.between(1, maxBurst); i > 0; i--) send(draft());
    timer = setTimeout(work, random.between(1, maxPauseMs));
  }

  function answered(nonce: unknown): { readonly push: number; readonly draft: Draft } | null {
    const found = outstanding.get(String(nonce));
    if (found === undefined) return null;
    outstanding.delete(String(nonce));
    return found;
  }

  function heard({ t, d, ts }: Frame): void {
    const found = t === "QUEUE_CONFIRM" ? answered(d.nonce) : null;
    if (found === null) return;
    const message = String(d.id);
    world.tell({ event: "confirmed", push: found.push, message, ts });
    ledger.confirmed(message, found.draft.digest);
    if (found.draft.d.id !== null && confirmed.length < 20) confirmed.push(found.draft);
    world.heard();
  }

  function refused({ d, ts }: Frame): void {
    const found = answered(d.nonce);
    if (found !== null) world.tell({ event: "refused", push: found.push, code: String(d.code), ts });
  }

  return {
    join() {
      connection = world.next();
      const { run } = world;
      client = openRawClient(
        world.port,
        { client: name, application: "crash-producers", pool: null },
        {
          opened() {
            world.tell({ event: "opened", connection, run, client: name, pool: null, atMs: Date.now() });
            repeat();
            work();
          },
          heard,
          refused,
          dismissed() {
            clearTimeout(timer);
          },
          closed() {
            world.tell({ event: "closed", connection, atMs: Date.now() });
          },
        },
      );
    },
    leave() {
      clearTimeout(timer);
    },
    async gone() {
      clearTimeout(timer);
      await client?.gone;
      for (const { draft } of outstanding.values()) if (draft.d.id !== null) unconfirmed.push(draft);
      outstanding = new Map();
    },
    get waiting() {
      return outstanding.size + unconfirmed.length;
    },
  };
}
