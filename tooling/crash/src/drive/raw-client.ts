import { WebSocket } from "ws";

/** Operations of frames (docs/protocol/connection.md). */
const identify = 1;
const ready = 2;
const invalid = 3;
const dispatch = 4;
const goodbye = 7;
const fatal = 8;

/** A frame as it was read. */
export interface Frame {
  readonly op: number;
  readonly t: string | null;
  readonly d: Readonly<Record<string, unknown>>;
  readonly ts: number;
}

export interface Identity {
  readonly client: string;
  readonly application: string;
  /** Metadata `pool`, where it has one. */
  readonly pool: string | null;
}

/** Told what happens to a client, in order. */
export interface ClientEvents {
  opened(): void;
  /** A dispatch. */
  heard(frame: Frame): void;
  /** Op 3. */
  refused(frame: Frame): void;
  /** Goodbye: the server closes the connection soon. */
  dismissed(): void;
  /** After `opened`: the socket is closed. */
  closed(): void;
}

/** A client that speaks the protocol over a bare WebSocket, and knows nothing of it but frames. */
export interface RawClient {
  /** Sends a dispatch; `extra` stands beside `t`. False where the connection is not open. */
  send(event: string, d: object, extra?: object): void;
  readonly isOpen: boolean;
  /** Cuts the connection: nothing more is read. */
  cut(): void;
  /** Resolves once the socket is closed. */
  readonly gone: Promise<void>;
}

/** Connects and identifies. `opened` is called once it is ready; where it never is, `gone` resolves without. */
export function openRawClient(port: number, { client, application, pool }: Identity, events: ClientEvents): RawClient {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/gateway/websocket?encoding=json`, { perMessageDeflate: false });
  let state: "opening" | "open" | "cut" = "opening";
  const gone = new Promise<void>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", () => {
      const wasOpen = state === "open";
      state = "cut";
      if (wasOpen) events.closed();
      resolve();
    });
  });

  socket.on("open", () => {
    const metadata = pool === null ? {} : { pool: { type: "string", value: pool } };
    const d = { client_id: client, application_id: application, metadata, caps: ["queue2", "receipt"] };
    socket.send(JSON.stringify({ op: identify, d }));
  });
  socket.on("message", (data) => {
    if (state === "cut") return;
    const frame = JSON.parse(String(data)) as Frame;
    switch (frame.op) {
      case ready:
        state = "open";
        return events.opened();
      case dispatch:
        return events.heard(frame);
      case invalid:
        return events.refused(frame);
      case goodbye:
        return events.dismissed();
      case fatal:
        socket.terminate();
    }
  });

  return {
    gone,
    send(event, d, extra) {
      if (state === "open") socket.send(JSON.stringify({ op: dispatch, t: event, d, ...extra }));
    },
    get isOpen() {
      return state === "open";
    },
    cut() {
      if (state === "cut") return;
      state = "cut";
      socket.terminate();
    },
  };
}
