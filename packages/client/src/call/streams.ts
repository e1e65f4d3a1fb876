import { defaultCredit, Op } from "@singyeong/protocol";
import type { Frame, WireCodec } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { Exchange, Outgoing } from "../messaging/exchange.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Target } from "../query/query.ts";
import { fieldsOf } from "../session/answers.ts";
import type { Link } from "../session/link.ts";
import type { CallHeaders } from "./call.ts";
import { encodeCall } from "./call-frame.ts";
import { extension } from "./extension.ts";
import { type AbortBody, callFailure, failureOf, readAbort } from "./failure.ts";
import { came, createFlow, credited, due, gave, isOver, maySend, sent, taken } from "./flow.ts";
import { frameSize } from "./frame-size.ts";
import { createIdTable, type IdTable } from "./id-table.ts";
import { createRoom } from "./room.ts";
import type { CallFields, Owner, Stream } from "./stream.ts";

/** All streams of a client. Functions that write throw `client/invalid-value` for what cannot be sent, and have then done nothing. */
export interface Streams {
  /** Makes a stream and posts its call, to `target` or else to the other end of the stream `over`. */
  open(fields: CallFields, target: Target<never> | null, window: number, over: Stream | null, owner: Owner): Stream;
  /** Takes a stream that somebody opened. */
  accept(id: number, link: Link, credit: number, ended: boolean, owner: Owner): Stream;
  find(id: number, link: Link): Stream | undefined;
  /** Whether a message may be sent now; where not, its owner is told when it may be. */
  maySend(stream: Stream): boolean;
  send(stream: Stream, payload: unknown, headers?: CallHeaders): void;
  /** Ends this side, with a message unless `payload` is undefined. */
  end(stream: Stream, payload?: unknown, headers?: CallHeaders): void;
  /** `count` messages were taken: gives the credit that is due for them, see `due` for `soon`. */
  taken(stream: Stream, count: number, soon: boolean): void;
  /** Somebody waits for more: gives what is due, unless more is taken in a moment. */
  starved(stream: Stream): void;
  /** Ends both sides; nothing more is told. Harmless where it is over. */
  abort(stream: Stream, body: AbortBody): void;
  /** Aborts what somebody opened and nobody took. */
  refuse(id: number, link: Link, body: AbortBody): void;
  /** How much may be taken of a stream before credit has to be given, in bytes. */
  readonly hastyBytes: number;
  /** How many are open. */
  readonly size: number;
}

export interface StreamsCore extends Core {
  /** Why nothing new may be sent now; `null` where it may. */
  refusal(): SingyeongError | null;
  readonly codec: WireCodec;
  readonly exchange: Core["exchange"] & Pick<Exchange, "post" | "withdraw">;
}

/** How long credit that is less than half of a window may be held back, in milliseconds: so long that a trickle is not answered frame by frame. */
const lagMs = 5;

/** Used where the server does not say. */
const usualStreamBytes = 262_144;

/** `called` takes calls that come, `changed` is told when a stream is over. */
export function createStreams(
  core: StreamsCore,
  called: (d: Readonly<Record<string, unknown>>, link: Link) => void,
  changed: () => void,
): Streams {
  const { session, exchange, codec, routes, platform, hub } = core;
  const room = createRoom(core);
  /** Streams by connection and id. */
  const tables = new Map<Link, IdTable<Stream>>();
  /** Streams that credit is held back of. */
  let lagging: Stream[] = [];
  let cancelLag: CancelTimer = () => {};
  let nextId = 0;
  let size = 0;
  let cachedLink: Link | null = null;
  let cachedBytes = usualStreamBytes;

  function tableOf(link: Link): IdTable<Stream> {
    let table = tables.get(link);
    if (table === undefined) {
      table = createIdTable();
      tables.set(link, table);
    }
    return table;
  }

  function maxBytes(link: Link): number {
    if (cachedLink === link) return cachedBytes;
    const { stream_bytes: bytes } = (link.admission?.limits ?? {}) as { stream_bytes?: unknown };
    cachedLink = link;
    cachedBytes = typeof bytes === "number" && bytes > 0 ? bytes : usualStreamBytes;
    return cachedBytes;
  }

  function forget(stream: Stream): void {
    if (stream.isOver) return;
    stream.isOver = true;
    size--;
    if (stream.link !== null) tables.get(stream.link)?.delete(stream.id);
    changed();
  }

  function fail(stream: Stream, error: SingyeongError): void {
    if (stream.isOver) return;
    forget(stream);
    stream.owner.aborted(error);
  }

  function encode(t: string, d: object, link: Link): string | Uint8Array<ArrayBuffer> {
    const data = codec.encode({ op: Op.dispatch, t, d });
    const { maxFrameBytes } = link.admission!;
    if (data.length * 3 > maxFrameBytes && frameSize(data) > maxFrameBytes) {
      throw new SingyeongError("client/invalid-value", `larger than ${maxFrameBytes} bytes`);
    }
    return data;
  }

  function write(t: string, d: object, link: Link): void {
    link.write(encode(t, d, link));
  }

  function credit(stream: Stream, soon: boolean): void {
    const n = stream.isOver ? 0 : due(stream.flow, soon);
    if (n === 0) return;
    gave(stream.flow, n);
    write("CREDIT", { id: stream.id, n }, stream.link!);
  }

  function catchUp(): void {
    const due = lagging;
    lagging = [];
    for (const stream of due) {
      stream.isLagging = false;
      credit(stream, true);
    }
  }

  function abort(stream: Stream, body: AbortBody): void {
    if (stream.isOver) return;
    const { link, opening, id } = stream;
    forget(stream);
    if (opening !== null) return exchange.withdraw(opening, new SingyeongError("client/aborted", body.message));
    // It has failed, which is about to be told.
    if (link === null) return;
    try {
      write("ABORT", { id, ...body }, link);
    } catch {
      // What was said beside it cannot be sent.
      write("ABORT", { id, code: body.code.slice(0, 64), message: "", delivered: body.delivered }, link);
    }
  }

  function lookUp(frame: Frame, link: Link | null | undefined): Stream | undefined {
    const { id } = fieldsOf(frame);
    const of = link ?? session.lasting;
    return of === null || typeof id !== "number" ? undefined : tables.get(of)?.get(id);
  }

  Object.assign(routes, {
    CALL(frame, link) {
      const of = link ?? session.lasting;
      if (of !== null) called(fieldsOf(frame), of);
    },
    DATA(frame, link) {
      const stream = lookUp(frame, link);
      if (stream === undefined) return;
      const { payload, end, headers } = fieldsOf(frame);
      const { flow, owner } = stream;
      if (end === true) {
        if (flow.heardEnd) return;
        flow.heardEnd = true;
        if (isOver(flow)) forget(stream);
        owner.ended(payload, headers);
      } else if (came(flow)) owner.message(payload, headers);
      else if (!flow.heardEnd) {
        const message = "more was sent than there is credit for";
        abort(stream, { code: "stream/overrun", message });
        owner.aborted(callFailure("stream/overrun", message, true));
      }
    },
    CREDIT(frame, link) {
      const stream = lookUp(frame, link);
      const { n } = fieldsOf(frame);
      if (stream === undefined || !Number.isSafeInteger(n) || (n as number) < 1) return;
      credited(stream.flow, n as number);
      stream.owner.room();
    },
    ABORT(frame, link) {
      const stream = lookUp(frame, link);
      if (stream !== undefined) fail(stream, readAbort(fieldsOf(frame)));
    },
  } satisfies Core["routes"]);

  hub.on("closed", () => cancelLag());

  session.onLost((link) => {
    const lost = tables.get(link)?.values() ?? [];
    for (const stream of lost) forget(stream);
    tables.delete(link);
    // By then it is known whether the client was closed.
    platform.soon(() => {
      const error =
        core.refusal() ?? new SingyeongError("client/connection-lost", "the connection of the call is gone");
      for (const { owner } of lost) owner.aborted(failureOf(error, true));
    });
  });

  return {
    open(fields, target, window, over, owner) {
      const flow = createFlow({ credit: defaultCredit, window });
      if (fields.end) flow.saidEnd = true;
      const stream: Stream = {
        id: nextId++,
        flow,
        owner,
        link: null,
        opening: null,
        isOver: false,
        isLagging: false,
        callbacks: null,
        passes: null,
      };
      fields.id = stream.id;
      const data = encodeCall(codec, fields, target);
      const only = over?.link;
      size++;
      const endMs = Number.POSITIVE_INFINITY;
      const item: Outgoing = {
        data,
        awaits: "write",
        nonce: null,
        needs: extension,
        only,
        repeatable: false,
        timeoutMs: fields.deadline_ms ?? null,
        endMs,
        deadlineMs: endMs,
        link: null,
        settle() {
          stream.opening = null;
          stream.link = session.link!;
          tableOf(stream.link).add(stream.id, stream);
          if (!flow.saidEnd) owner.room();
        },
        fail: (error) => {
          stream.opening = null;
          // Told once whoever posts has the stream in hand.
          const late = item.endMs <= platform.elapsedMs() && error.code === "client/timeout";
          const own = late ? callFailure("stream/deadline", "not sent in time", false) : failureOf(error, false);
          platform.soon(() => fail(stream, own));
        },
      };
      stream.opening = item;
      exchange.post(item);
      return stream;
    },
    accept(id, link, credit, ended, owner) {
      const flow = createFlow({ credit, window: defaultCredit });
      flow.heardEnd = ended;
      const stream: Stream = {
        id,
        flow,
        owner,
        link,
        opening: null,
        isOver: false,
        isLagging: false,
        callbacks: null,
        passes: null,
      };
      tableOf(link).add(id, stream);
      size++;
      return stream;
    },
    find: (id, link) => tables.get(link)?.get(id),
    maySend(stream) {
      const { link, flow, owner } = stream;
      if (link === null || stream.isOver || !maySend(flow, maxBytes(link))) return false;
      if (room.has(link)) return true;
      room.wait(owner);
      return false;
    },
    send(stream, payload, headers) {
      const { id, link, flow } = stream;
      const data = encode("DATA", { id, payload, headers }, link!);
      sent(flow, frameSize(data));
      link!.write(data);
    },
    end(stream, payload, headers) {
      const { id, link, flow } = stream;
      if (stream.isOver || flow.saidEnd) return;
      const data = encode("DATA", { id, payload, end: true, headers }, link!);
      flow.saidEnd = true;
      if (isOver(flow)) forget(stream);
      link!.write(data);
    },
    taken(stream, count, soon) {
      taken(stream.flow, count);
      credit(stream, soon);
    },
    starved(stream) {
      if (stream.isLagging || stream.isOver || due(stream.flow, true) === 0) return;
      stream.isLagging = true;
      if (lagging.push(stream) === 1) cancelLag = platform.after(lagMs, catchUp);
    },
    abort,
    refuse: (id, link, body) => write("ABORT", { id, ...body, delivered: false }, link),
    get hastyBytes() {
      return (session.lasting === null ? usualStreamBytes : maxBytes(session.lasting)) / 4;
    },
    get size() {
      return size;
    },
  };
}
