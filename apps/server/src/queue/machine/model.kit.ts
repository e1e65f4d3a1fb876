/**
 * Queues as docs/protocol/queue.md says them, for a handful of messages: lists that are sorted anew each time. What the
 * page leaves open (the order of what happens at one moment) goes by the messages' turns.
 */
import type { DeathCause, MessageState } from "../../ports/queue-store.ts";
import { type Metadata, type ModelTarget, pickByKey } from "./model-targets.kit.ts";

export interface ModelMessage {
  /** Its payload, by which tests know it. */
  readonly token: number;
  readonly queue: string;
  readonly target: ModelTarget;
  readonly priority: number;
  readonly maxAttempts: number;
  state: MessageState;
  attempt: number;
  turn: number;
  /** leased: the lease's end; delayed: when it becomes ready; dead: when it died. */
  dueMs: number;
  /** 0 is never. */
  expiresMs: number;
  cause: DeathCause | null;
  /** Who holds it, or held it last while nobody else got it. */
  holder: string | null;
}

export interface ModelClient {
  metadata: Metadata;
  /** Registered: it may get messages. One that has said goodbye may only deal with those that it holds. */
  isIn: boolean;
  isClogged: boolean;
  /** What it was handed by queue, as `[token, attempt]`. The page says nothing of the order between queues. */
  readonly given: ReadonlyMap<string, (readonly [number, number])[]>;
}

interface Parcel {
  readonly client: string;
  readonly message: ModelMessage;
  readonly attempt: number;
}

export interface ModelTimes {
  readonly leaseMs: number;
  readonly retryMs: number;
}

export type Model = ReturnType<typeof createModel>;

export function createModel(times: ModelTimes, startMs: number) {
  let nowMs = startMs;
  let lastTurn = 0;
  const nextTurn = (): number => ++lastTurn;
  let messages: ModelMessage[] = [];
  /** One entry for each message that is asked for. */
  let requests: { readonly client: string; readonly queue: string }[] = [];
  /** Those of clients that are away. */
  let suspended: typeof requests = [];
  const clients = new Map<string, ModelClient>();
  const paused = new Set<string>();
  let parcels: Parcel[] = [];

  const ofState = (queue: string, state: MessageState): ModelMessage[] =>
    messages.filter((message) => message.queue === queue && message.state === state);

  /** Ready messages as they go out: by priority, then by turn. */
  const lineOf = (queue: string): ModelMessage[] =>
    ofState(queue, "ready").sort((a, b) => b.priority - a.priority || a.turn - b.turn);

  function choose({ queue, target }: ModelMessage): string | null {
    const connected = [...clients.values()].filter(({ isIn }) => isIn);
    const isRelaxed = target.isOptional && !connected.some(({ metadata }) => target.fits(metadata));
    const fitting = [...new Set(requests.filter((asked) => asked.queue === queue).map(({ client }) => client))].filter(
      (name) => isRelaxed || target.fits(clients.get(name)!.metadata),
    );
    if (fitting.length === 0) return null;
    if (target.key !== null) return pickByKey(target.key, fitting);
    if (!target.prefersLowLoad || isRelaxed) return fitting[0]!;
    const loads = fitting.map((name) => clients.get(name)!.metadata.load ?? Number.POSITIVE_INFINITY);
    return fitting[loads.indexOf(Math.min(...loads))]!;
  }

  function give(message: ModelMessage, client: string): void {
    // Leased for the last permitted time when the server crashed.
    if (message.attempt >= message.maxAttempts) return die(message, "attempts");
    requests.splice(
      requests.findIndex((asked) => asked.client === client && asked.queue === message.queue),
      1,
    );
    message.state = "leased";
    message.attempt++;
    message.holder = client;
    message.dueMs = nowMs + times.leaseMs;
    parcels.push({ client, message, attempt: message.attempt });
  }

  /** Brings messages and requests together until none fit. */
  function match(): void {
    for (const queue of new Set(messages.map((message) => message.queue))) {
      while (!paused.has(queue)) {
        const pair = lineOf(queue)
          .filter((message) => !isOver(message))
          .map((message) => ({ message, client: choose(message) }))
          .find(({ client }) => client !== null);
        if (pair === undefined) break;
        give(pair.message, pair.client!);
      }
    }
  }

  const isOver = ({ expiresMs }: ModelMessage): boolean => expiresMs !== 0 && expiresMs <= nowMs;

  function die(message: ModelMessage, cause: DeathCause): void {
    Object.assign(message, { state: "dead", cause, dueMs: nowMs, turn: nextTurn() });
  }

  function dies(message: ModelMessage): boolean {
    if (message.attempt >= message.maxAttempts) die(message, "attempts");
    else if (isOver(message)) die(message, "expired");
    else return false;
    return true;
  }

  function comeBack(message: ModelMessage, delayMs: number): void {
    if (dies(message)) return;
    const later = { state: "delayed", dueMs: nowMs + delayMs } as const;
    Object.assign(message, { turn: nextTurn() }, delayMs > 0 ? later : { state: "ready" });
  }

  /** When something happens to a message by itself; 0 is never. */
  function dueOf({ state, dueMs, expiresMs }: ModelMessage): number {
    if (state === "leased") return dueMs;
    if (state === "dead") return 0;
    return state === "ready" || (expiresMs !== 0 && expiresMs < dueMs) ? expiresMs : dueMs;
  }

  function happen(message: ModelMessage): void {
    if (message.state === "leased") comeBack(message, times.retryMs);
    else if (isOver(message)) die(message, "expired");
    else Object.assign(message, { state: "ready", turn: nextTurn() });
    match();
  }

  function holdsNow(client: string, message: ModelMessage): boolean {
    return message.state === "leased" && message.holder === client;
  }

  function endRequests(client: string, queue?: string): void {
    requests = requests.filter((asked) => asked.client !== client || (queue !== undefined && asked.queue !== queue));
  }

  function forgetRequests(client: string, queue?: string): void {
    endRequests(client, queue);
    suspended = suspended.filter((asked) => asked.client !== client || (queue !== undefined && asked.queue !== queue));
  }

  /** Nobody took it: as if nothing had been; and who takes nothing more asks for nothing more. */
  function giveBack({ client, message, attempt }: Parcel): void {
    Object.assign(message, { state: "ready", holder: null, attempt: attempt - 1 });
    endRequests(client, message.queue);
    match();
  }

  function isCurrent({ client, message, attempt }: Parcel): boolean {
    return messages.includes(message) && holdsNow(client, message) && message.attempt === attempt;
  }

  function remove(gone: (message: ModelMessage) => boolean): number {
    const before = messages.length;
    messages = messages.filter((message) => !gone(message));
    return before - messages.length;
  }

  return {
    clients,
    paused,
    match,
    lineOf,
    ofState,
    remove,
    get now() {
      return nowMs;
    },
    get messages(): readonly ModelMessage[] {
      return messages;
    },
    get requests(): readonly { readonly client: string; readonly queue: string }[] {
      return requests;
    },
    /** The turn of a message that is pushed now. */
    nextTurn,
    /** A message is on disk. */
    admit(message: Omit<ModelMessage, "state" | "attempt" | "cause" | "holder">): void {
      const isDelayed = message.dueMs > nowMs;
      const state = isDelayed ? "delayed" : "ready";
      const fresh = { attempt: 0, cause: null, holder: null };
      messages.push({ ...message, ...fresh, state });
    },
    request(client: string, queue: string, count: number): void {
      for (let i = 0; i < count; i++) requests.push({ client, queue });
    },
    cancel: forgetRequests,
    get suspended(): readonly { readonly client: string; readonly queue: string }[] {
      return suspended;
    },
    /** A client has left, and may come back: what it asks counts again then. */
    suspend(client: string): void {
      suspended = suspended.concat(requests.filter((asked) => asked.client === client));
      endRequests(client);
    },
    resume(client: string): void {
      clients.get(client)!.isIn = true;
      requests = requests.concat(suspended.filter((asked) => asked.client === client));
      suspended = suspended.filter((asked) => asked.client !== client);
    },
    ack: (client: string, message: ModelMessage) =>
      message.holder === client && remove((other) => other === message) === 1,
    nack(client: string, message: ModelMessage, delayMs: number | null, isFinal: boolean): boolean {
      if (!holdsNow(client, message)) return false;
      message.holder = null;
      if (isFinal) die(message, "rejected");
      else comeBack(message, delayMs ?? times.retryMs);
      return true;
    },
    extend(client: string, message: ModelMessage, ms: number): boolean {
      if (!holdsNow(client, message)) return false;
      message.dueMs = nowMs + ms;
      return true;
    },
    /** A client is gone for good. */
    release(client: string): void {
      clients.delete(client);
      forgetRequests(client);
      for (const message of messages) {
        if (message.holder !== client) continue;
        if (message.state === "leased" && !dies(message)) message.state = "ready";
        message.holder = null;
      }
    },
    redrive(message: ModelMessage): void {
      Object.assign(message, { state: "ready", attempt: 0, cause: null, expiresMs: 0, turn: nextTurn() });
      match();
    },
    /** Moves time on, everything happening at its own time. */
    advance(ms: number): void {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = messages.filter((message) => dueOf(message) !== 0 && dueOf(message) <= untilMs);
        if (due.length === 0) break;
        const first = due.sort((a, b) => dueOf(a) - dueOf(b) || a.turn - b.turn)[0]!;
        nowMs = Math.max(nowMs, dueOf(first));
        happen(first);
      }
      nowMs = untilMs;
    },
    /**
     * Hands over. `has` says whether a client has got something as the next one: what is leased is handed over as soon as its
     * content is at hand, and at the latest where all is to go.
     */
    deliver(
      all: boolean,
      has: (client: string, queue: string, at: number, given: readonly [number, number]) => boolean,
    ): void {
      const kept: Parcel[] = [];
      for (let parcel = parcels.shift(); parcel !== undefined; parcel = parcels.shift()) {
        const client = clients.get(parcel.client);
        const given = [parcel.message.token, parcel.attempt] as const;
        if (client === undefined) continue;
        const { queue } = parcel.message;
        const before = client.given.get(queue)!;
        if (!client.isClogged && has(parcel.client, queue, before.length, given)) before.push(given);
        else if (!isCurrent(parcel)) continue;
        else if (!all) kept.push(parcel);
        else if (client.isClogged) giveBack(parcel);
        else before.push(given);
      }
      parcels = kept;
    },
    /** When something happens next; infinite is never. */
    nextMs: () => Math.min(...messages.map(dueOf).filter((dueMs) => dueMs > 0), Number.POSITIVE_INFINITY),
    /** Starts again from what a store held. */
    restore(found: readonly ModelMessage[]): void {
      messages = found.map((message) => ({ ...message, turn: nextTurn() }));
      requests = [];
      suspended = [];
      parcels = [];
      clients.clear();
    },
  };
}
