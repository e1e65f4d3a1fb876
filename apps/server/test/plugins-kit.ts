import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Value } from "@singyeong/protocol";
import { type Codec, isFault } from "@singyeong/protocol/codec";
import { compose, createPrometheusMetrics, resolveConfig } from "../src/index.ts";
import { dial } from "./listener-harness.ts";

type Settings = NonNullable<Parameters<typeof resolveConfig>[0]>;

/** A frame as JSON has it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
type Frame = any;

/** A running server with plugins, whose modules are written to a folder of their own, and the ways in. */
export async function startPlugged(sources: Readonly<Record<string, string>>, settings: Settings = {}) {
  const pluginFolder = mkdtempSync(join(tmpdir(), "singyeong-plugged-"));
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(pluginFolder, name), source);
  const config = { host: "127.0.0.1", port: 0, logLevel: "silent", queueStore: "memory", pluginFolder } as const;
  try {
    const metrics = createPrometheusMetrics({ ofProcess: false });
    const server = await compose(resolveConfig({ ...config, ...settings }), { metrics });
    const port = await server.listen();
    return { port, server, ...waysIn(port), [Symbol.asyncDispose]: () => end(() => server.kill()) };
  } catch (error) {
    await end(async () => {});
    throw error;
  }

  async function end(stop: () => Promise<void>): Promise<void> {
    await stop();
    rmSync(pluginFolder, { recursive: true });
  }
}

function readFrame(codec: Codec, message: string | Buffer): Frame {
  const frame = codec.readFrame(Buffer.from(message), { maxDepth: 64 });
  if (isFault(frame)) throw new Error(frame.message);
  return { op: frame.op, t: frame.t, d: frame.d === undefined ? null : codec.decodeExact(frame.d) };
}

function waysIn(port: number) {
  /** What the server says to a client that identifies, and the client. */
  async function identify(id: string, more: object = {}) {
    const { socket, message, closed } = await dial(port, "/gateway/websocket");
    const next = async (): Promise<Frame> => JSON.parse(String(await message()));
    await next();
    socket.send(JSON.stringify({ op: 1, d: { application_id: "app", client_id: id, ...more } }));
    const say = (t: string, d: unknown, nonce?: string): void => socket.send(JSON.stringify({ op: 4, t, d, nonce }));
    return { ready: await next(), next, say, socket, closed };
  }

  /** A request with a path just as it is; resolves with all that came back. */
  function askRaw(path: string, method = "GET"): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, "latin1");
      });
      let answer = "";
      socket.setEncoding("latin1");
      socket.on("data", (text) => {
        answer += text;
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(answer));
    });
  }

  /** A client of another encoding: what it sends and what comes back are values. */
  async function identifyIn(codec: Codec, id: string) {
    const { socket, message } = await dial(port, `/gateway/websocket?encoding=${codec.encoding}`);
    const next = async (): Promise<Frame> => readFrame(codec, await message());
    await next();
    const say = (op: number, t: string | null, d: Value): void => socket.send(codec.encodeFrame(op, d, 0, t));
    say(1, null, { application_id: "app", client_id: id });
    await next();
    return { next, say };
  }

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, init);
  return { identify, identifyIn, ask, askRaw };
}
