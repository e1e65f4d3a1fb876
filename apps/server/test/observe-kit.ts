import { compose, createPrometheusMetrics, resolveConfig, type ServerPorts } from "../src/index.ts";
import { dial } from "./listener-harness.ts";

type Settings = NonNullable<Parameters<typeof resolveConfig>[0]>;

/** A frame as JSON has it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
export type Frame = any;

/** A running server, and the ways in. */
export async function startObserved(overrides: Partial<ServerPorts> = {}, settings: Settings = {}) {
  const config = resolveConfig({
    host: "127.0.0.1",
    port: 0,
    logLevel: "silent",
    queueStore: "memory",
    listener: "node",
    ...settings,
  });
  const server = await compose(config, { metrics: createPrometheusMetrics({ ofProcess: false }), ...overrides });
  const port = await server.listen();

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await response.text();
    return {
      status: response.status,
      text,
      get json(): Frame {
        return JSON.parse(text);
      },
    };
  }

  /** A client with every capability that messages need. */
  async function enter(id: string, application = "app") {
    const { socket, message } = await dial(port, "/gateway/websocket");
    const next = async (): Promise<Frame> => JSON.parse(String(await message()));
    const caps = ["receipt", "queue2", "topic", "stream"];
    await next();
    socket.send(JSON.stringify({ op: 1, d: { application_id: application, client_id: id, caps } }));
    await next();
    return {
      next,
      socket,
      say: (t: string, d: object, nonce?: string) => socket.send(JSON.stringify({ op: 4, t, d, nonce })),
    };
  }

  /** The value of a series as it is scraped, its labels in the order in which they stand; `undefined` where it is not there. */
  async function scrape(series: string): Promise<number | undefined> {
    const { text } = await ask("GET", "/metrics");
    const line = text.split("\n").find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }

  return { server, port, ask, enter, scrape, [Symbol.asyncDispose]: () => server.kill() };
}
