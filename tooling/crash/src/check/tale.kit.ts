import type { Begin, HistoryEvent, Pushed } from "../history/event.ts";
import { checkHistory } from "./check-history.ts";

/** A history made by hand, event by event, 10 ms apart. Leases last 1,000 ms, the retry delay is 500 ms. */
export interface Tale {
  /** A server is started and listens; `ada` is there to push, `ida` of pool a and `joe` of pool b ask for messages. */
  begin(): void;
  tell(event: HistoryEvent): void;
  /** Lets time pass. */
  wait(ms: number): void;
  push(push: number, more?: Partial<Pushed>): void;
  confirm(push: number, message: string): void;
  refuse(push: number): void;
  deliver(
    to: "ida" | "joe",
    message: string,
    more?: { attempt?: number; content?: number; digest?: string; queue?: string },
  ): void;
  ack(by: "ida" | "joe", message: string, nonce?: string | null): void;
  nack(by: "ida" | "joe", message: string, more: { nonce?: string; delayMs?: number | null; dead?: boolean }): void;
  settle(by: "ida" | "joe", nonce: string): void;
  deny(by: "ida" | "joe", nonce: string): void;
  /** A receiver cuts its connection and comes back. */
  cut(who: "ida" | "joe"): void;
  kill(): void;
  stop(): void;
  /** The queues are empty, the server stops. */
  finish(): void;
  /** The names of the rules that it breaks. */
  broken(required?: Begin["required"]): Promise<readonly string[]>;
}

const clients = { ada: null, ida: "a", joe: "b" } as const;
type Client = keyof typeof clients;

const toleranceMs = 100;
const attemptMs = 100;

export function createTale(): Tale {
  const events: HistoryEvent[] = [];
  const connections = new Map<Client, number>();
  const contents = new Map<string, number>();
  const contentOf = new Map<number, number>();
  let run = 0;
  let lastConnection = 0;
  let nowMs = 1_000_000;

  function tell(event: HistoryEvent): void {
    events.push(event);
    nowMs += 10;
  }

  function open(client: Client): void {
    const connection = ++lastConnection;
    connections.set(client, connection);
    tell({ event: "opened", connection, run, client, pool: clients[client], atMs: nowMs });
    if (client !== "ada") tell({ event: "requested", connection, queue: "q", atMs: nowMs });
  }

  function exit(code: number | null, signal: string | null): void {
    tell({ event: "exited", run, code, signal, errors: "", atMs: nowMs });
  }

  const of = (client: Client): number => connections.get(client)!;

  return {
    tell,
    begin() {
      run++;
      tell({ event: "spawned", run, pid: 1, atMs: nowMs });
      tell({ event: "listening", run, printed: "", atMs: nowMs });
      for (const client of ["ada", "ida", "joe"] as const) open(client);
    },
    wait(ms) {
      nowMs += ms;
    },
    push(push, more = {}) {
      const content = more.content ?? push;
      contentOf.set(push, content);
      const plain = { queue: "q", digest: `d${content}`, id: null, pool: null, target: "{}", priority: 4, delayMs: 0 };
      tell({ event: "pushed", push, connection: of("ada"), content, ...plain, atMs: nowMs, ...more });
    },
    confirm(push, message) {
      contents.set(message, contentOf.get(push)!);
      tell({ event: "confirmed", push, message, ts: nowMs });
    },
    refuse: (push) => tell({ event: "refused", push, code: "queue/full", ts: nowMs }),
    deliver(to, message, more = {}) {
      const content = more.content ?? contents.get(message) ?? 0;
      const plain = { queue: "q", attempt: 1, digest: `d${content}` };
      tell({ event: "delivered", connection: of(to), message, content, ts: nowMs, ...plain, ...more });
    },
    ack: (by, message, nonce = null) => tell({ event: "acked", connection: of(by), message, nonce, atMs: nowMs }),
    nack: (
      by,
      message,
      {
        nonce = null,
        delayMs = null,
        dead = false,
      }: { nonce?: string | null; delayMs?: number | null; dead?: boolean },
    ) => tell({ event: "nacked", connection: of(by), message, nonce, delayMs, dead, atMs: nowMs }),
    settle: (by, nonce) => tell({ event: "settled", connection: of(by), nonce, ts: nowMs }),
    deny: (by, nonce) =>
      tell({ event: "denied", connection: of(by), message: null, nonce, code: "queue/not-leased", ts: nowMs }),
    cut(who) {
      tell({ event: "closing", connection: of(who), atMs: nowMs });
      open(who);
    },
    kill() {
      tell({ event: "killing", run, during: "load", atMs: nowMs });
      exit(null, "SIGKILL");
    },
    stop() {
      tell({ event: "stopping", run, atMs: nowMs });
      exit(0, null);
    },
    finish() {
      tell({ event: "drained", left: 0, atMs: nowMs });
      this.stop();
      tell({ event: "end", atMs: nowMs });
    },
    async broken(required = { runs: 1 }) {
      const begin = {
        event: "begin",
        seed: 1,
        leaseMs: 1000,
        retryMs: 500,
        dedupMs: 120_000,
        attemptMs,
        toleranceMs,
        required,
      } as const;
      const { violations } = await checkHistory([begin, ...events]);
      return [...new Set(violations.map(({ rule }) => rule))];
    },
  };
}

/** A tale that has begun, and one message of which was confirmed as `m`. */
export function createTaleOfOne(more: Partial<Pushed> = {}): Tale {
  const tale = createTale();
  tale.begin();
  tale.push(1, more);
  tale.confirm(1, "m");
  return tale;
}
