import { Op } from "@singyeong/protocol";
import type { Frame, WireCodec } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import type { Platform } from "../platform/platform.ts";
import type { OpenSocket } from "../transport/socket.ts";
import { type Admission, readAdmission, readFailure, readHeartbeatInterval } from "./answers.ts";
import { createHeartbeat, type Heartbeat } from "./heartbeat.ts";

/** A connection as those see it who send on it. */
export interface Link {
  readonly server: Server;
  /** What the server granted; `null` until it let us in. */
  readonly admission: Admission | null;
  /** Bytes that wait in the socket. */
  readonly bufferedBytes: number;
  /** When it came to stand, on the platform's clock; infinite while it is broken and may be resumed. */
  readonly standsSinceMs: number;
  /** Hands an encoded dispatch over. Where the connection is broken and may be resumed, it leaves with the next one. */
  write(data: string | Uint8Array<ArrayBuffer>): void;
}

/** One connection to one server, from the first byte to the last. */
export interface Connection extends Omit<Link, "standsSinceMs"> {
  /** Introduces this client: the answer to hello. */
  introduce(identify: object): void;
  /** Tells which frame was got last ([RS-5]). */
  confirm(seq: number): void;
  /** Says farewell; `ended` follows. */
  close(): void;
  /** Lets go at once; nothing is told any more. */
  abandon(): void;
}

export interface LinkHandlers {
  hello(): void;
  ready(admission: Admission): void;
  /** A dispatch, or the refusal of one, and how many bytes it has at most. */
  dispatch(frame: Frame, bytes: number): void;
  /** A heartbeat is about to be sent. */
  beat(): void;
  goodbye(reason: string): void;
  latency(ms: number): void;
  /** The connection is no more; told once. `broken` where that was nobody's wish and may be mended by another one. */
  ended(error: SingyeongError, broken?: boolean): void;
}

export interface LinkOptions {
  readonly server: Server;
  readonly id: string;
  readonly codec: WireCodec;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly tls: object | null;
  readonly platform: Platform;
  readonly openSocket: OpenSocket;
}

/** Opens a connection; what comes of it is told to the handlers, never before this returns. */
export function openLink(options: LinkOptions, handlers: LinkHandlers): Connection {
  const { server, codec, platform } = options;
  let admission: Admission | null = null;
  let heartbeat: Heartbeat | null = null;
  let intervalMs = 0;
  let over = false;

  function fail(error: SingyeongError, broken = false): void {
    if (over) return;
    over = true;
    heartbeat?.stop();
    socket.abandon();
    handlers.ended(error, broken);
  }

  /** Whatever a server sends, it ends this connection at worst. */
  function receive(data: string | Uint8Array): void {
    try {
      read(data);
    } catch (error) {
      fail(new SingyeongError("client/protocol", String(error), { cause: error }));
    }
  }

  function read(data: string | Uint8Array): void {
    if (over) return;
    const frame = codec.decode(data);
    if (frame === null) return fail(notTheProtocol(server.name));
    heartbeat?.alive();
    switch (frame.op) {
      case Op.dispatch:
      case Op.invalid:
        return handlers.dispatch(frame, typeof data === "string" ? data.length * 3 : data.length);
      case Op.heartbeatAck:
        return heartbeat?.acknowledged();
      case Op.hello: {
        const interval = readHeartbeatInterval(frame);
        if (interval === null) return fail(notTheProtocol(server.name));
        intervalMs = interval;
        return handlers.hello();
      }
      case Op.ready: {
        if (admission !== null || intervalMs === 0) return;
        admission = readAdmission(frame);
        heartbeat = createHeartbeat({
          platform,
          intervalMs,
          beat() {
            handlers.beat();
            socket.send(codec.encode({ op: Op.heartbeat, d: { client_id: options.id } }));
          },
          latency: handlers.latency,
          missed: () => fail(new SingyeongError("client/connection-lost", `${server.name} no longer answers`), true),
        });
        return handlers.ready(admission);
      }
      case Op.goodbye: {
        const { reason } = (frame.d ?? {}) as { reason?: unknown };
        return handlers.goodbye(typeof reason === "string" ? reason : "");
      }
      case Op.error:
        return fail(readFailure(frame));
    }
  }

  const url = `${server.wsUrl}?encoding=${codec.encoding}`;
  const socket = options.openSocket(
    { url, headers: options.headers, tls: options.tls },
    {
      message: receive,
      ended(code, problem) {
        if (typeof problem !== "string") return fail(problem);
        const said = ` (code ${code}${problem && `: ${problem}`})`;
        fail(
          intervalMs === 0
            ? new SingyeongError("client/unreachable", `cannot connect to ${server.name}${said}`)
            : connectionLost(server, said),
          isBreak(code),
        );
      },
    },
  );

  return {
    server,
    get admission() {
      return admission;
    },
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
    introduce: (identify) => socket.send(codec.encode({ op: Op.identify, d: identify })),
    confirm: (seq) => socket.send(codec.encode({ op: Op.dispatch, t: "RECEIVED", d: { seq } })),
    write: (data) => socket.send(data),
    close: () => socket.close(),
    abandon() {
      over = true;
      heartbeat?.stop();
      socket.abandon();
    },
  };
}

/**
 * Whether a close code is of a connection that broke ([RS-2]). Those that complain of a frame are not: it would be sent again.
 */
function isBreak(code: number): boolean {
  return (code > 1003 && code < 1007) || code > 1010;
}

export function connectionLost({ name }: Server, said = ""): SingyeongError {
  return new SingyeongError("client/connection-lost", `${name} closed the connection${said}`);
}

export function notTheProtocol(server: string): SingyeongError {
  return new SingyeongError("client/protocol", `${server} does not speak the protocol`);
}
