/**
 * What happened, a JSON object per line, in the order in which the driver knew of it. What the driver does is written
 * down before it does it, what it is told when it reads it: so what stands behind a line cannot have caused it.
 * `atMs` is the driver's clock, `ts` that of the server as its frame says; both are milliseconds since the epoch.
 */
export type HistoryEvent =
  | Begin
  | { readonly event: "spawned"; readonly run: number; readonly pid: number; readonly atMs: number }
  | { readonly event: "listening"; readonly run: number; readonly printed: string; readonly atMs: number }
  /** SIGKILL is sent next: before the run listens, or afterwards. */
  | { readonly event: "killing"; readonly run: number; readonly during: "recovery" | "load"; readonly atMs: number }
  /** SIGTERM is sent next. */
  | { readonly event: "stopping"; readonly run: number; readonly atMs: number }
  | Exited
  /** A client is ready. `pool` is what it says of itself, and what targets ask for. */
  | {
      readonly event: "opened";
      readonly connection: number;
      readonly run: number;
      readonly client: string;
      readonly pool: string | null;
      readonly atMs: number;
    }
  /** The client's first request for messages of a queue is sent next. */
  | { readonly event: "requested"; readonly connection: number; readonly queue: string; readonly atMs: number }
  /** The driver cuts the connection next; what it has not read by now it never will. */
  | { readonly event: "closing"; readonly connection: number; readonly atMs: number }
  /** The socket is closed, whoever closed it. */
  | { readonly event: "closed"; readonly connection: number; readonly atMs: number }
  | Pushed
  | { readonly event: "confirmed"; readonly push: number; readonly message: string; readonly ts: number }
  | { readonly event: "refused"; readonly push: number; readonly code: string; readonly ts: number }
  | Delivered
  /** An acknowledgement is sent next; with a `nonce` the client is told when it is on disk. */
  | {
      readonly event: "acked";
      readonly connection: number;
      readonly message: string;
      readonly nonce: string | null;
      readonly atMs: number;
    }
  /** A refusal is sent next: `delayMs` null is the server's usual delay. */
  | {
      readonly event: "nacked";
      readonly connection: number;
      readonly message: string;
      readonly nonce: string | null;
      readonly delayMs: number | null;
      readonly dead: boolean;
      readonly atMs: number;
    }
  | { readonly event: "settled"; readonly connection: number; readonly nonce: string; readonly ts: number }
  /** An `acked` or `nacked` was refused; where it had no nonce, `message` says which. */
  | {
      readonly event: "denied";
      readonly connection: number;
      readonly message: string | null;
      readonly nonce: string | null;
      readonly code: string;
      readonly ts: number;
    }
  /** The server says that nothing is left but dead messages, of which it lists all. */
  | { readonly event: "drained"; readonly left: number; readonly atMs: number }
  | { readonly event: "dead"; readonly message: string; readonly cause: string; readonly attempt: number }
  | { readonly event: "end"; readonly atMs: number };

/** First line: the settings of the server, and how much must have happened for the history to show anything. */
export interface Begin {
  readonly event: "begin";
  readonly seed: number;
  readonly leaseMs: number;
  readonly retryMs: number;
  readonly dedupMs: number;
  /** Within this time a delivery is stored as an attempt. */
  readonly attemptMs: number;
  /** How far the times of two frames may be from what they tell of. */
  readonly toleranceMs: number;
  /** Least values of what `countStory` counts, by its names. */
  readonly required: Readonly<Record<string, number>>;
}

export interface Exited {
  readonly event: "exited";
  readonly run: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** The last of what it printed to standard error. */
  readonly errors: string;
  readonly atMs: number;
}

/** A message is sent to a queue next. */
export interface Pushed {
  readonly event: "pushed";
  readonly push: number;
  readonly connection: number;
  readonly queue: string;
  /** Number of the content: pushes of one number are the same message said again. */
  readonly content: number;
  /** Of payload, nonce and headers. */
  readonly digest: string;
  readonly id: string | null;
  /** Who may take it: clients of a pool, or all. */
  readonly pool: string | null;
  /** The query in full, as text: messages of one target wait in one line. */
  readonly target: string;
  readonly priority: number;
  readonly delayMs: number;
  readonly atMs: number;
}

export interface Delivered {
  readonly event: "delivered";
  readonly connection: number;
  readonly queue: string;
  readonly message: string;
  readonly attempt: number;
  readonly content: number;
  readonly digest: string;
  readonly ts: number;
}
