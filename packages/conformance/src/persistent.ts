import type { IdentifiedClient } from "./identified.ts";
import type { Frame } from "./raw-client.ts";
import { comeBack } from "./sessions.ts";
import type { Reachable } from "./start-server.ts";

/** A client that resumes whenever its connection breaks, and sends again what did not arrive. */
export interface PersistentClient {
  say(t: string, d: object): void;
  /** Breaks its connection; resolves with whether it has resumed. Where it was about to connect again, that is what it resolves with. */
  drop(): Promise<boolean>;
  /** Ends it; resolves when its connection is closed. */
  close(): Promise<void>;
}

/** Goes on as a client that has just connected; `handle` gets each frame once, in order. */
export function persist(
  server: Reachable,
  client: IdentifiedClient,
  handle: (frame: Frame, self: PersistentClient) => void,
): PersistentClient {
  /** Dispatches that the server has not said to have got, behind the first `confirmed`. */
  const unconfirmed: { readonly t: string; readonly d: object }[] = [];
  let confirmed = 0;
  let connection = client;
  let isUp = true;
  let isOver = false;
  let waiters: PromiseWithResolvers<boolean>[] = [];

  function confirm(received: number): void {
    unconfirmed.splice(0, received - confirmed);
    confirmed = Math.max(confirmed, received);
  }

  async function run(): Promise<void> {
    while (!isOver) {
      for (let frame = await connection.nextOrClosed(); "op" in frame; frame = await connection.nextOrClosed()) {
        handle(frame, self);
      }
      isUp = false;
      if (isOver) return;
      confirm(connection.received);
      connection = await comeBack(server, connection);
      const isResumed = connection.ready.resumed === true;
      for (const { resolve } of waiters) resolve(isResumed);
      waiters = [];
      if (!isResumed) return;
      confirm(connection.ready.received as number);
      for (const { t, d } of unconfirmed) connection.dispatch(t, d);
      isUp = true;
    }
  }

  const self: PersistentClient = {
    say(t, d) {
      unconfirmed.push({ t, d });
      if (isUp) connection.dispatch(t, d);
    },
    drop() {
      connection.socket.terminate();
      const waiter = Promise.withResolvers<boolean>();
      waiters.push(waiter);
      return waiter.promise;
    },
    async close() {
      isOver = true;
      await connection.close(1000);
      await running;
    },
  };
  const running = run();
  running.catch((error) => {
    for (const { reject } of waiters) reject(error);
  });
  return self;
}
