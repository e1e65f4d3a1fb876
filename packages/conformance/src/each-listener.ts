import { afterAll, beforeAll, describe } from "vitest";
import { type ListenerName, listeners, type RunningServer, startServer } from "./start-server.ts";

/** The same tests against a server of their own under each listener. */
export function eachListener(
  title: string,
  flags: readonly string[],
  tests: (server: () => RunningServer, listener: ListenerName) => void,
): void {
  describe.each(listeners)(`${title} (%s)`, (listener) => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer({ listener, flags });
    });
    afterAll(() => server[Symbol.asyncDispose]());
    tests(() => server, listener);
  });
}
