/** A server and raw clients that resume, over real sockets. */
import { type Codec, etfCodec, isFault, jsonCodec, msgpackCodec, type Raw } from "@singyeong/protocol/codec";
import { compose, resolveConfig } from "../src/index.ts";
import { dial } from "./listener-harness.ts";

type Map = { readonly [key: string]: unknown };
/** A frame that came, read. */
export interface Read {
  readonly op: number;
  readonly t: string | null;
  readonly d: Map;
  /** Undefined where the frame has none. */
  readonly seq: number | undefined;
}

const codecs: Readonly<Record<string, Codec>> = { json: jsonCodec, msgpack: msgpackCodec, etf: etfCodec };

export async function startResumeServer(listener: "uws" | "node", settings: object = {}) {
  const given = { host: "127.0.0.1", port: 0, logLevel: "silent", queueStore: "memory", listener, ...settings };
  const server = await compose(resolveConfig(given as Parameters<typeof resolveConfig>[0]));
  const port = await server.listen();

  async function connect(encoding = "json") {
    const codec = codecs[encoding]!;
    const { socket, message, closed } = await dial(port, `/gateway/websocket?encoding=${encoding}`);
    const next = async (): Promise<Read> => readFrame(codec, await message());
    const write = (frame: Raw): void => socket.send(typeof frame === "string" ? frame : Buffer.from(frame));
    await next();
    return {
      socket,
      closed,
      next,
      write,
      /** Cuts the TCP connection. */
      cut: (): void => socket.terminate(),
      say: (t: string, d: Map) => write(codec.encodeFrame(4, d as never, 0, t)),
      async identify(id: string, more: object = {}): Promise<Map> {
        write(codec.encodeFrame(1, { application_id: "app", client_id: id, caps: ["resume"], ...more }, 0, null));
        const { op, d } = await next();
        return { op, ...d };
      },
      /** The next so many frames that are no heartbeats and no `RECEIVED`. */
      async take(count: number): Promise<Read[]> {
        const taken: Read[] = [];
        while (taken.length < count) {
          const read = await next();
          if (read.t !== "RECEIVED") taken.push(read);
        }
        return taken;
      },
    };
  }

  /** A client that is told who comes and goes, and asks for nothing else. */
  async function watch() {
    const watcher = await connect();
    await watcher.identify("watcher", { receive_client_updates: true });
    await watcher.next();
    return {
      async saw(t: "CLIENT_CONNECTED" | "CLIENT_DISCONNECTED", id: string): Promise<void> {
        for (;;) {
          const read = await watcher.next();
          if (read.t === t && (read.d.payload as Map).client_id === id) return;
        }
      },
    };
  }

  return { server, port, connect, watch, [Symbol.asyncDispose]: () => server.kill() };
}

function readFrame(codec: Codec, message: string | Buffer): Read {
  const bytes = typeof message === "string" ? Buffer.from(message) : message;
  const frame = codec.readFrame(bytes, { maxDepth: 128 });
  if (isFault(frame)) throw new Error(frame.message);
  const start = codec.encoding === "etf" ? 1 : 0;
  const whole = codec.decode(codec.binary ? bytes.subarray(start) : bytes.toString()) as unknown as Read;
  return { op: frame.op!, t: frame.t, d: whole.d, seq: whole.seq };
}
