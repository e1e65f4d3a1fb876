import type { SingyeongError } from "../errors.ts";

/** What happens to the connection, as a tagged union: switch on `type`. */
export type Status =
  /** A connection is being tried; `attempt` counts from 1 and starts anew after each success. */
  | { readonly type: "connecting"; readonly server: string; readonly attempt: number }
  /** The server let us in: `id` and metadata are registered, what waited is being sent. */
  | {
      readonly type: "connected";
      readonly server: string;
      /** The server's name for itself; `null` where it has none. */
      readonly node: string | null;
      readonly restricted: boolean;
      readonly caps: ReadonlySet<string>;
      /** True from the second time on. */
      readonly again: boolean;
      /** True where it goes on as if the connection had not been lost: nothing was. */
      readonly resumed: boolean;
    }
  /** The connection could not be resumed, for `count` frames that were sent to us meanwhile were too many to keep: they are lost. */
  | { readonly type: "missed"; readonly count: number }
  /** The connection is gone, or did not come about; the next attempt comes after `retryInMs`, never where that is `null`. */
  | { readonly type: "disconnected"; readonly error: SingyeongError; readonly retryInMs: number | null }
  /** The server asks to go elsewhere, and the client does. */
  | { readonly type: "goodbye"; readonly reason: string }
  /** A heartbeat was answered. */
  | { readonly type: "latency"; readonly ms: number }
  /** Something failed that nobody waits for: a message without receipt, a handler that threw. */
  | { readonly type: "error"; readonly error: SingyeongError }
  /** A bound was reached and `count` messages were dropped. */
  | { readonly type: "dropped"; readonly from: "inbox" | "outbox"; readonly count: number }
  /** A client came or went, wherever it is; told where `connect` asked for `presence`. */
  | { readonly type: "joined" | "left"; readonly app: string; readonly id: string }
  /** `drain` has begun. */
  | { readonly type: "draining" }
  /** The end; `error` says why where it was not asked for. */
  | { readonly type: "closed"; readonly error: SingyeongError | null };

export type StatusType = Status["type"];
export type StatusOf<T extends StatusType> = Extract<Status, { readonly type: T }>;
