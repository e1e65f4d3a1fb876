import { type StartServerOptions, type SteppedTestServer, startServer as startInProcess } from "@singyeong/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { type ListenerName, listeners, type RunningServer, startServer } from "./start-server.ts";

/** The same tests against a server of their own under each listener. */
export function eachListener(
  title: string,
  flags: readonly string[],
  tests: (server: () => RunningServer, listener: ListenerName) => void,
): void {
  eachKind(title, (listener) => startServer({ listener, flags }), tests);
}

/** As {@link eachListener}, in this process and with a clock that stands still until a test moves it: for deadlines. */
export function eachSteppedListener(
  title: string,
  settings: Omit<StartServerOptions, "clock" | "listener">,
  tests: (server: () => SteppedTestServer) => void,
): void {
  eachKind(title, (listener) => startInProcess({ ...settings, listener, clock: "stepped" }), tests);
}

function eachKind<S extends AsyncDisposable>(
  title: string,
  start: (listener: ListenerName) => Promise<S>,
  tests: (server: () => S, listener: ListenerName) => void,
): void {
  describe.each(listeners)(`${title} (%s)`, (listener) => {
    let server: S;
    beforeAll(async () => {
      server = await start(listener);
    });
    afterAll(() => server[Symbol.asyncDispose]());
    tests(() => server, listener);
  });
}
