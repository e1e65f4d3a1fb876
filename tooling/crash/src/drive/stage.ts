import { setTimeout as wait } from "node:timers/promises";
import type { Consumer } from "./consumer.ts";
import type { Producer } from "./producer.ts";
import { type ServerProcess, startServer } from "./server-process.ts";
import { settings } from "./settings.ts";
import type { World } from "./world.ts";

/** One server after another over the same folder, and the clients that come back to each. */
export interface Stage {
  /** Starts a server and kills it after a while at the latest, before it listens if that comes first. */
  killEarly(afterMs: number): Promise<void>;
  /** Starts a server, lets the clients in, and kills it after a while, or with the nth frame that they read. */
  killLoaded(afterMs: number, afterFrames?: number): Promise<void>;
  /** Starts a server, lets the clients in, and stops it kindly after a while. */
  stopLoaded(afterMs: number): Promise<void>;
  /** Starts a server, lets the clients in, and does something with it before it ends. */
  perform<Result>(act: () => Promise<Result>, end: "kill" | "stop"): Promise<Result>;
  /** How long a server takes until it listens, as seen so far. */
  readonly startMs: number;
}

export interface StageOptions {
  readonly world: World;
  readonly main: string;
  readonly dataDir: string;
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
}

const maxStartMs = 20_000;
const maxExitMs = 20_000;

export function createStage({ world, main, dataDir, producers, consumers }: StageOptions): Stage {
  let startMs = 400;

  function spawn(): ServerProcess {
    world.run++;
    const server = startServer({ main, dataDir, port: world.port, settings });
    world.tell({ event: "spawned", run: world.run, pid: server.pid, atMs: Date.now() });
    return server;
  }

  async function start(): Promise<ServerProcess> {
    const server = spawn();
    const beganMs = Date.now();
    const printed = await deadline(server.listening, maxStartMs, server, "listen");
    startMs = 0.7 * startMs + 0.3 * (Date.now() - beganMs);
    world.tell({ event: "listening", run: world.run, printed, atMs: Date.now() });
    return server;
  }

  function kill(server: ServerProcess, during: "recovery" | "load"): void {
    world.tell({ event: "killing", run: world.run, during, atMs: Date.now() });
    server.kill("SIGKILL");
  }

  function stop(server: ServerProcess): void {
    world.tell({ event: "stopping", run: world.run, atMs: Date.now() });
    server.kill("SIGTERM");
  }

  /** The run is over once its process and all connections to it are gone. */
  async function finish(server: ServerProcess): Promise<void> {
    const clients = Promise.all([...producers, ...consumers].map((client) => client.gone()));
    const exit = await deadline(server.exited, maxExitMs, server, "end");
    await clients;
    world.tell({ event: "exited", run: world.run, ...exit, atMs: Date.now() });
  }

  function letClientsIn(): void {
    for (const client of world.isHoarding ? producers : [...consumers, ...producers]) client.join();
  }

  return {
    get startMs() {
      return startMs;
    },
    async killEarly(afterMs) {
      const server = spawn();
      const first = await Promise.race([
        server.listening.then(
          (printed) => ({ printed }),
          () => null,
        ),
        wait(afterMs, undefined),
      ]);
      if (first === null) return finish(server);
      if (first !== undefined)
        world.tell({ event: "listening", run: world.run, printed: first.printed, atMs: Date.now() });
      kill(server, first === undefined ? "recovery" : "load");
      await finish(server);
    },
    async killLoaded(afterMs, afterFrames = Number.POSITIVE_INFINITY) {
      const server = await start();
      let frames = 0;
      let timer: NodeJS.Timeout | undefined;
      const killed = new Promise<void>((resolve) => {
        // At once, in the middle of what clients are reading.
        function end(): void {
          callOff();
          kill(server, "load");
          resolve();
        }
        timer = setTimeout(end, afterMs);
        world.heard = () => void (++frames === afterFrames && end());
      });
      function callOff(): void {
        clearTimeout(timer);
        world.heard = () => {};
      }
      letClientsIn();
      await Promise.race([killed, server.exited]);
      callOff();
      await finish(server);
    },
    async stopLoaded(afterMs) {
      const server = await start();
      letClientsIn();
      await Promise.race([wait(afterMs), server.exited]);
      stop(server);
      await finish(server);
    },
    async perform(act, end) {
      const server = await start();
      letClientsIn();
      try {
        return await act();
      } finally {
        if (end === "kill") kill(server, "load");
        else stop(server);
        await finish(server);
      }
    },
  };
}

/** Rejects where something takes too long, and ends the server. */
async function deadline<T>(awaited: Promise<T>, maxMs: number, server: ServerProcess, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      server.kill("SIGKILL");
      reject(new Error(`the server did not ${what} within ${maxMs} ms`));
    }, maxMs);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
