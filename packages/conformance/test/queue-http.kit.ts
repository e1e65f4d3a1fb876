import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { type Answer, ask } from "../src/http.ts";
import { type ListenerName, listeners, type RunningServer, startServer } from "../src/start-server.ts";

/** A server whose queues are in a folder of its own. */
export interface QueueServer {
  /** The one that runs now. */
  readonly server: RunningServer;
  readonly dataDir: string;
  /** Kills it without warning and starts it anew over what it has stored. */
  crash(): Promise<void>;
  /** Asks one queue: `path` is what stands behind its name. */
  queue(name: string, method: string, path?: string, body?: unknown): Promise<Answer>;
  /** Puts a message into a queue; resolves with its id. */
  push(name: string, message?: object): Promise<string>;
}

/** The same tests against a server of their own under each listener. */
export function eachQueueServer(
  title: string,
  flags: readonly string[],
  tests: (queues: () => QueueServer) => void,
): void {
  describe.each(listeners)(`${title} (%s)`, (listener) => {
    let queues: QueueServer & AsyncDisposable;
    beforeAll(async () => {
      queues = await startQueueServer(listener, flags);
    });
    afterAll(() => queues[Symbol.asyncDispose]());
    tests(() => queues);
  });
}

async function startQueueServer(
  listener: ListenerName,
  flags: readonly string[],
): Promise<QueueServer & AsyncDisposable> {
  const dataDir = await mkdtemp(join(tmpdir(), "singyeong-queue-http-"));
  const start = (): Promise<RunningServer> => startServer({ listener, flags: ["--data-dir", dataDir, ...flags] });
  let server = await start();

  const queue: QueueServer["queue"] = (name, method, path = "", body) =>
    ask(server, method, `/api/v1/queues/${encodeURIComponent(name)}${path}`, { body });

  return {
    get server() {
      return server;
    },
    dataDir,
    queue,
    async crash() {
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    async push(name, message = {}) {
      const answer = await queue(name, "POST", "/messages", { target: {}, payload: null, ...message });
      if (answer.status !== 201) throw new Error(`not stored: ${answer.status} ${answer.text}`);
      return answer.json.id;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}
