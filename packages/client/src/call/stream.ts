import type { SingyeongError } from "../errors.ts";
import type { Outgoing } from "../messaging/exchange.ts";
import type { Link } from "../session/link.ts";
import type { CallHeaders, Handler } from "./call.ts";
import type { Flow } from "./flow.ts";

/** Whoever works with a stream, told what comes. */
export interface Owner {
  /** A message; a `payload` of `undefined` is none, its headers come alone. */
  message(payload: unknown, headers: unknown): void;
  /** The last of it, with or without a message. */
  ended(payload: unknown, headers: unknown): void;
  /** It is over, with nothing more to say: aborted by the other side, lost, or never opened. */
  aborted(error: SingyeongError): void;
  /** More may be sent than before. */
  room(): void;
}

/** One end of a stream. */
export interface Stream {
  readonly id: number;
  readonly flow: Flow;
  owner: Owner;
  /** The connection that it is of; `null` before its call was written. */
  link: Link | null;
  /** The call, while it waits to be written. */
  opening: Outgoing | null;
  isOver: boolean;
  /** Whether credit is about to be given. */
  isLagging: boolean;
  /** Functions that the other end may call. */
  callbacks: ReadonlyMap<string, Handler> | null;
  /** The stream that this one passes on: what calls back by this one means whoever is at the other end of that. */
  passes: Stream | null;
}

/** A call as it is written, but for its target. */
export interface CallFields {
  /** Given when it is opened. */
  id: number;
  readonly method: string;
  readonly via?: number | undefined;
  readonly payload?: unknown;
  readonly end?: true | undefined;
  readonly credit?: number | undefined;
  readonly deadline_ms?: number | undefined;
  readonly wait_ms?: number | undefined;
  readonly headers?: CallHeaders | undefined;
  readonly codec?: string | undefined;
}
