import { setImmediate as turn } from "node:timers/promises";
import {
  compose,
  createPrometheusMetrics,
  createSteppedClock,
  type Logger,
  resolveConfig,
  type Server,
  type SteppedClock,
} from "@singyeong/server";
import { createHeldStore, type HeldStore } from "./held-store.ts";
import type { ListenerName, Reachable } from "./start-server.ts";

/** How far time moves in one go. */
const stepMs = 20;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A server in this process whose disk and clock move when a test says so. */
export interface HeldServer extends Reachable, AsyncDisposable {
  readonly store: HeldStore;
  readonly clock: SteppedClock;
  readonly server: Server;
  /** Moves time on until something is done. */
  stepUntil(done: Promise<unknown>): Promise<void>;
}

export async function startHeldServer(listener: ListenerName): Promise<HeldServer> {
  const store = createHeldStore();
  const clock = createSteppedClock();
  const config = resolveConfig({ host: "127.0.0.1", port: 0, listener, heartbeatIntervalMs: 1_000_000_000 });
  const metrics = createPrometheusMetrics({ ofProcess: false });
  const server = await compose(config, { queueStore: store, clock, metrics, logger: silent });
  const port = await server.listen();
  return {
    store,
    clock,
    server,
    port,
    httpUrl: `http://127.0.0.1:${port}`,
    async stepUntil(done) {
      let isDone = false;
      const finish = (): void => {
        isDone = true;
      };
      done.then(finish, finish);
      while (!isDone) {
        clock.advance(stepMs);
        await turn();
      }
    },
    async [Symbol.asyncDispose]() {
      store.release();
      await server.kill();
    },
  };
}
