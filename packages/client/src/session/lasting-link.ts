import type { Frame } from "../codec/wire-codec.ts";
import type { Platform } from "../platform/platform.ts";
import { fieldsOf } from "./answers.ts";
import { createKeeper, type KeeperBounds } from "./keeper.ts";
import type { Connection, Link } from "./link.ts";

/**
 * What those who send take for one connection: where the server grants a session, it goes on over the next one as if nothing had happened
 * (docs/protocol/resume.md).
 */
export interface LastingLink extends Link {
  /** What identify says to go on with it; `null` where that cannot be done. */
  readonly request: { readonly session: string; readonly seq: number } | null;
  /** How long it may be without a connection, in milliseconds. */
  readonly graceMs: number;
  /** A dispatch came, or a refusal: false where it came before, `null` where others are missing before it. */
  receive(frame: Frame, bytes: number): boolean | null;
  /** Tells the server what was got since it was last told. */
  confirm(): void;
  /** The connection is gone. */
  part(): void;
  /** The server has got this many dispatches; false where that cannot be. */
  received(count: unknown): boolean;
  /** Goes on over another connection, beginning with what the server has not got. */
  resume(over: Connection): void;
}

export function createLastingLink(first: Connection, platform: Platform, bounds: KeeperBounds): LastingLink {
  const { session } = first.admission!;
  const keeper = session && createKeeper(bounds);
  let connection = first;

  function confirm(anything: boolean): void {
    if (!keeper?.due(anything)) return;
    connection.confirm(keeper.seq);
    keeper.told();
  }

  const link: Mutable<LastingLink> = {
    server: first.server,
    admission: first.admission,
    standsSinceMs: platform.elapsedMs(),
    graceMs: session?.graceMs ?? 0,
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    get request() {
      return keeper?.complete ? { session: session!.id, seq: keeper.seq } : null;
    },
    write(data) {
      keeper?.sent(data);
      if (link.standsSinceMs < Number.POSITIVE_INFINITY) connection.write(data);
    },
    receive(frame, bytes) {
      if (!keeper) return true;
      if (frame.t === "RECEIVED") keeper.confirm(fieldsOf(frame).seq);
      const isNext = keeper.take(frame.seq, bytes);
      confirm(false);
      return isNext;
    },
    confirm: () => confirm(true),
    part() {
      link.standsSinceMs = Number.POSITIVE_INFINITY;
    },
    received: (count) => keeper?.confirm(count) ?? false,
    resume(over) {
      connection = over;
      Object.assign(link, { server: over.server, admission: over.admission, standsSinceMs: platform.elapsedMs() });
      keeper!.told();
      for (const data of keeper!.kept()) over.write(data);
    },
  };
  return link;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
