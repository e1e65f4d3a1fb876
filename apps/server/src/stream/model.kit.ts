/** Streams as the protocol page tells of them (docs/protocol/stream.md), written down plainly: nothing here is fast. */
import { errors } from "@singyeong/protocol";
import { type CallOptions, limits } from "./streams.kit.ts";

interface Side {
  readonly who: string;
  readonly id: number;
  credit: number;
  underWay: number[];
  ended: boolean;
}

interface Stream {
  readonly caller: Side;
  callee: Side | null;
  readonly to: string;
  readonly options: CallOptions;
  readonly openedMs: number;
  /** What waits with the call. */
  readonly kept: { readonly end: boolean }[];
  extraCredit: number;
}

/** The wheel that keeps deadlines never rings early, and one of its ticks late. */
const tickMs = 10;

export function createModel() {
  const present = new Map<string, { lastId: number; frames: unknown[] }>();
  let streams: Stream[] = [];
  let nowMs = 0;

  const sidesOf = (who: string): [Stream, Side][] =>
    streams.flatMap((stream) =>
      [stream.caller, stream.callee].flatMap((side) =>
        side !== null && side.who === who ? [[stream, side] as [Stream, Side]] : [],
      ),
    );
  const find = (who: string, id: number) => sidesOf(who).find(([, side]) => side.id === id);
  const otherOf = (stream: Stream, side: Side): Side | null => (side === stream.caller ? stream.callee : stream.caller);
  const drop = (stream: Stream): void => {
    streams = streams.filter((other) => other !== stream);
  };

  function tell(side: Pick<Side, "who" | "id"> | null, event: string, d: object): void {
    if (side !== null) present.get(side.who)?.frames.push([event, { id: side.id, ...d }]);
  }

  function abort(
    side: Pick<Side, "who" | "id"> | null,
    code: keyof typeof errors,
    delivered: boolean,
    data?: object,
  ): void {
    tell(side, "ABORT", { code, message: errors[code].text, delivered, ...(data && { data }) });
  }

  function abortBoth(stream: Stream, first: Side, code: keyof typeof errors, data?: object): void {
    const delivered = stream.callee !== null;
    drop(stream);
    abort(first, code, delivered, data);
    abort(otherOf(stream, first), code, delivered, data);
  }

  function hand(stream: Stream, who: string, via?: number): void {
    const { options, caller } = stream;
    const callee = present.get(who)!;
    const credit = (options.credit ?? 16) + stream.extraCredit;
    stream.callee = { who, id: --callee.lastId, credit, underWay: [], ended: false };
    const deadline = options.deadlineMs ? { deadline_ms: options.deadlineMs - (nowMs - stream.openedMs) } : {};
    tell(stream.callee, "CALL", {
      method: "m",
      from: { app: caller.who, client_id: caller.who },
      ...(via !== undefined && { via }),
      end: options.end ?? false,
      credit,
      ...deadline,
    });
    for (const { end } of stream.kept) pass(stream, caller, end);
  }

  function pass(stream: Stream, side: Side, end: boolean): void {
    const other = otherOf(stream, side)!;
    tell(other, "DATA", end ? { end, payload: 1 } : { payload: 1 });
    if (end && other.ended) drop(stream);
  }

  const takesCalls = (who: string): boolean => present.has(who) && sidesOf(who).length < limits.maxStreams;
  const waiting = (): Stream[] => streams.filter(({ callee }) => callee === null);

  return {
    /** The id of one of somebody's streams, or one that nobody has. */
    idOf: (who: string, pick: number): number => sidesOf(who)[pick]?.[1].id ?? 99,
    read(who: string): unknown[] {
      return present.get(who)!.frames.splice(0);
    },
    join(who: string): void {
      present.set(who, { lastId: 0, frames: [] });
      for (const stream of waiting()) {
        const isOver = !!stream.options.deadlineMs && stream.openedMs + stream.options.deadlineMs <= nowMs;
        if (stream.to === who && !isOver && takesCalls(who)) hand(stream, who);
      }
    },
    leave(who: string): void {
      const left = sidesOf(who);
      present.delete(who);
      for (const [stream] of left) drop(stream);
      for (const [stream, side] of left) {
        const isCaller = side === stream.caller;
        abort(otherOf(stream, side), isCaller ? "stream/cancelled" : "stream/peer-lost", true);
      }
    },
    open(who: string, id: number, to: string | number, options: CallOptions): boolean {
      if (find(who, id) !== undefined) return false;
      const caller: Side = { who, id, credit: 16, underWay: [], ended: options.end ?? false };
      const tooMany = (limit: string, max: number): void => abort(caller, "stream/too-many", false, { limit, max });
      const stream: Stream = {
        caller,
        callee: null,
        to: String(to),
        options,
        openedMs: nowMs,
        kept: [],
        extraCredit: 0,
      };
      const { maxStreams, maxWaitingCalls } = limits;
      if (sidesOf(who).length >= maxStreams) tooMany("streams", maxStreams);
      else if (typeof to === "number") {
        const known = find(who, to);
        const peer = known && otherOf(...known);
        if (peer === undefined || peer === null) abort(caller, "route/no-match", false, { via: to });
        else if (!takesCalls(peer.who)) tooMany("streams", maxStreams);
        else {
          hand(stream, peer.who, peer.id);
          streams.push(stream);
        }
      } else if (takesCalls(to)) {
        hand(stream, to);
        streams.push(stream);
      } else if (!options.waitMs) abort(caller, "route/no-match", false);
      else if (waiting().length >= maxWaitingCalls) tooMany("waiting", maxWaitingCalls);
      else streams.push(stream);
      return true;
    },
    send(who: string, id: number, end: boolean, size: number): void {
      const [stream, side] = find(who, id) ?? [];
      if (stream === undefined || side === undefined || side.ended) return;
      if (end) side.ended = true;
      else if (side.credit === 0 || side.underWay.reduce((sum, one) => sum + one, 0) >= limits.maxStreamBytes) {
        return abortBoth(stream, side, "stream/overrun");
      } else {
        side.credit--;
        side.underWay.push(size);
      }
      if (stream.callee === null) stream.kept.push({ end });
      else pass(stream, side, end);
    },
    credit(who: string, id: number, n: number): void {
      const [stream, side] = find(who, id) ?? [];
      if (stream === undefined || side === undefined) return;
      const other = otherOf(stream, side);
      if (other === null) stream.extraCredit += n;
      if (other === null || other.ended) return;
      other.credit += n;
      other.underWay.splice(0, n);
      tell(other, "CREDIT", { n });
    },
    abort(who: string, id: number): void {
      const [stream, side] = find(who, id) ?? [];
      if (stream === undefined || side === undefined) return;
      drop(stream);
      tell(otherOf(stream, side), "ABORT", { code: "stream/cancelled", message: "", delivered: true });
    },
    advance(ms: number): void {
      nowMs += ms;
      const due = streams
        .flatMap((stream) => [
          ...(stream.options.deadlineMs
            ? [{ stream, atMs: stream.openedMs + stream.options.deadlineMs, code: "stream/deadline" as const }]
            : []),
          ...(stream.callee === null
            ? [{ stream, atMs: stream.openedMs + stream.options.waitMs!, code: "route/no-match" as const }]
            : []),
        ])
        .filter(({ atMs }) => atMs + tickMs <= nowMs);
      for (const { stream, code } of due) if (streams.includes(stream)) abortBoth(stream, stream.caller, code);
    },
  };
}
