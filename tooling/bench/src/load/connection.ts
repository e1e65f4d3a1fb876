import { connect, type Socket } from "node:net";
import { countFrames, createFrameMeter, type FrameMeter } from "./frame.ts";

/** A client of the load generator: a raw TCP socket that speaks just enough WebSocket. */
export interface Connection {
  readonly socket: Socket;
  readonly meter: FrameMeter;
  /** Called with how many frames came in at once; replaced by whoever measures. */
  onFrames: (count: number) => void;
  /** Called with each chunk that comes in, before `onFrames`; only read during the call. Replaced by who reads frames. */
  onChunk: (chunk: Buffer) => void;
}

/** How a client introduces itself. */
export interface Introduction {
  /** Its place among a control's receivers; −1 where it is none. The server is told the same and does not mind. */
  readonly receiver: number;
  /** The frame that identifies it, encoded. */
  readonly identify: Buffer;
}

const connectTimeoutMs = 20_000;
const readyMark = '"op":2,';

/** All sockets read into this: a read is over before the next begins, and nothing of it is kept. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

const ignore = (): void => {};

/** Connects, waits for hello, identifies and waits for ready. Rejects where any of this fails or takes 20 s. */
export function openConnection(port: number, { receiver, identify }: Introduction): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let handshake: Buffer | null = Buffer.alloc(0);
    let identified = false;
    const onread = { buffer: readBuffer, callback: read };
    const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread });
    const connection: Connection = { socket, meter: createFrameMeter(), onFrames: ignore, onChunk: ignore };
    const timer = setTimeout(() => fail("no ready in time"), connectTimeoutMs);
    socket.once("connect", () => socket.write(upgradeRequest(receiver)));
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => fail("closed"));

    function fail(reason: string): void {
      clearTimeout(timer);
      socket.destroy();
      // After ready this settles nothing any more; who measures sees that the socket is destroyed.
      reject(new Error(`connecting failed: ${reason}; received ${JSON.stringify(handshake?.toString("latin1"))}`));
    }

    function read(length: number): boolean {
      const chunk = readBuffer.subarray(0, length);
      if (handshake !== null) {
        greet(chunk);
        return true;
      }
      connection.onChunk(chunk);
      const count = countFrames(connection.meter, chunk);
      if (count < 0) socket.destroy();
      else connection.onFrames(count);
      return true;
    }

    /** Keeps what comes in until it holds hello, then ready. */
    function greet(chunk: Buffer): void {
      handshake = Buffer.concat([handshake!, chunk]);
      const head = handshake.indexOf("\r\n\r\n");
      if (head < 0) return;
      if (!handshake.toString("latin1", 0, 12).endsWith(" 101")) return fail("the upgrade was refused");
      const meter = createFrameMeter();
      const frames = countFrames(meter, handshake.subarray(head + 4));
      if (frames >= 1 && !identified) {
        identified = true;
        socket.write(identify);
      }
      if (frames < 2) return;
      if (!handshake.includes(readyMark)) return fail("answered with something else than ready");
      handshake = null;
      clearTimeout(timer);
      resolve(connection);
    }
  });
}

/** Opens many connections, so many at a time, and returns them in the order of their introductions. */
export async function openConnections(
  port: number,
  introductions: readonly Introduction[],
  atATime: number,
): Promise<Connection[]> {
  const connections = new Array<Connection>(introductions.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < introductions.length) {
      const i = next++;
      connections[i] = await openConnection(port, introductions[i]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, introductions.length) }, work));
  return connections;
}

/** Cuts connections with a reset: a port that waits out a proper close is missing at the next storm. */
export function cutConnections(connections: readonly Connection[]): void {
  for (const { socket } of connections) socket.resetAndDestroy();
}

function upgradeRequest(receiver: number): string {
  const place = receiver < 0 ? "" : `&receiver=${receiver}`;
  return [
    `GET /gateway/websocket?encoding=json${place} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version: 13",
    "\r\n",
  ].join("\r\n");
}
