import { setTimeout as sleep } from "node:timers/promises";
import {
  compose,
  createMemoryQueueStore,
  createPrometheusMetrics,
  createSteppedClock,
  type Logger,
  type RegisteredClient,
  reachableHost,
  resolveConfig,
  type Server,
  type ServerPorts,
  type SteppedClock,
} from "@singyeong/server";
import { createConnectedClients } from "./connected-clients.ts";
import { createDeliveryLog } from "./delivery-log.ts";
import { listenOnFreePort } from "./listen-on-free-port.ts";
import type { StartServerOptions } from "./options.ts";
import type { SteppedTestServer, TestServer } from "./test-server.ts";
import { createWaiters } from "./waiters.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** How far a kind stop moves a stepped clock at a time, and how long it leaves to the sockets in between. */
const goodbyeStepMs = 20;
const goodbyePauseMs = 1;

/**
 * Starts a server in this process, on a free port of the loopback interface; it takes a few milliseconds. It stops, as by
 * `kill`, at the end of the scope that holds it:
 *
 * ```ts
 * await using server = await startServer({ auth: "s3cret" });
 * ```
 *
 * @throws TypeError for a setting that is wrong; the system's error where `port` cannot be had
 */
export async function startServer(
  options: StartServerOptions & { readonly clock: "stepped" },
): Promise<SteppedTestServer>;
export async function startServer(
  options?: StartServerOptions & { readonly clock?: "system" | undefined },
): Promise<TestServer>;
export async function startServer({ clock, ...settings }: StartServerOptions = {}): Promise<TestServer> {
  const { host = "127.0.0.1", port: wantedPort = 0, logLevel = "silent", queueStore = "memory" } = settings;
  // What lies in the folder of plugins beside somebody's tests is none of theirs.
  const given = resolveConfig({ pluginFolder: "", ...settings, host, port: wantedPort, logLevel, queueStore });
  const stepped = clock === "stepped" ? createSteppedClock() : null;
  const log = createDeliveryLog();
  const arrivals = createWaiters<RegisteredClient>();
  const clients = createConnectedClients();
  let server: Server | null = null;

  const ports: Partial<ServerPorts> = {
    observer: { delivered: log.record, joined: arrivals.giveToAll },
    // One for all lives of the server: what was confirmed outlives `kill` and `restart`.
    ...(queueStore === "memory" && { queueStore: createMemoryQueueStore() }),
    ...(stepped !== null && { clock: stepped }),
    ...(given.logLevel === "silent" && { logger: silent }),
  };

  async function start(port: number): Promise<number> {
    const metrics = createPrometheusMetrics({ ofProcess: false });
    const starting = await compose({ ...given, port }, { ...ports, metrics });
    const listening = await starting.listen();
    server = starting;
    return listening;
  }

  async function kill(): Promise<void> {
    const stopping = server;
    await stopping?.kill();
    if (server === stopping) server = null;
  }

  const port = given.port === 0 ? await listenOnFreePort(start) : await start(given.port);
  const address = `${reachableHost(given.host)}:${port}`;
  const shared: TestServer = {
    port,
    url: `ws://${address}`,
    httpUrl: `http://${address}`,
    get connections() {
      return server?.connections ?? 0;
    },
    dsn(app, { auth = given.auth || null, encoding = "json" } = {}) {
      const password = auth === null ? "" : `:${encodeURIComponent(auth)}`;
      const query = encoding === "json" ? "" : `?encoding=${encoding}`;
      return `singyeong://${encodeURIComponent(app)}${password}@${address}${query}`;
    },
    connect: (options = {}) => clients.connect(shared.dsn("test"), options),
    clients: () => server?.clients() ?? [],
    awaitClient({ app, id }, { signal } = {}) {
      const isMeant = (client: RegisteredClient): boolean =>
        client.app === app && (id === undefined || client.id === id);
      const there = signal?.aborted ? undefined : shared.clients().find(isMeant);
      return there === undefined ? arrivals.wait(isMeant, signal) : Promise.resolve(there);
    },
    delivered: log.list,
    nextDelivery: (filter, { signal } = {}) => log.next(filter, signal),
    async goodbye(reason = "server is stopping") {
      const stopping = server;
      if (stopping === null) return;
      const drained = stopping.drain(reason);
      if (stepped !== null) await stepUntil(drained, stepped);
      await drained;
      if (server === stopping) server = null;
    },
    kill,
    async restart() {
      await kill();
      await start(port);
    },
    async [Symbol.asyncDispose]() {
      const over = new Error("the server was stopped for good");
      log.close(over);
      arrivals.close(over);
      await clients.close();
      await kill();
    },
  };
  return stepped === null ? shared : withClock(shared, stepped);
}

function withClock(server: TestServer, clock: SteppedClock): SteppedTestServer {
  return Object.defineProperty(server, "clock", {
    value: { now: clock.now, step: clock.advance },
    enumerable: true,
  }) as SteppedTestServer;
}

/** Moves time on while something waits for it. */
async function stepUntil(done: Promise<unknown>, clock: SteppedClock): Promise<void> {
  let isDone = false;
  const finish = (): void => {
    isDone = true;
  };
  done.then(finish, finish);
  while (!isDone) {
    clock.advance(goodbyeStepMs);
    await sleep(goodbyePauseMs);
  }
}
