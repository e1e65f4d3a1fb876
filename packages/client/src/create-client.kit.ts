/** A whole client whose server is the test and whose time is stepped. Of what it loads late it has been loaded already. */
import "./asking/asking.ts";
import "./call/calls.ts";
import "./messaging/open-reading.ts";
import "./queue/queues.ts";
import "./serve-http/http-serving.ts";
import "./registration/tokens.ts";
import "./topic/topics.ts";
import { jsonCodec } from "./codec/json-codec.ts";
import { type ClientAndControls, createClient } from "./create-client.ts";
import type { ConnectOptions } from "./options/options.ts";
import { resolveOptions } from "./options/resolve.ts";
import { createSteppedPlatform, type SteppedPlatform } from "./platform/stepped.kit.ts";
import type { SocketHandlers } from "./transport/socket.ts";

/** A frame as a test reads it. */
export interface SentFrame {
  readonly op: number;
  readonly t?: string;
  readonly nonce?: string;
  readonly d: Readonly<Record<string, unknown>>;
}

/** A socket that keeps what is sent on it. Its peer answers a farewell at once. */
export interface FakeSocket {
  readonly tell: SocketHandlers;
  readonly sent: SentFrame[];
  /** Frames of one event. */
  of(t: string): readonly SentFrame[];
}

export interface ClientStage extends ClientAndControls<never> {
  readonly platform: SteppedPlatform;
  readonly sockets: readonly FakeSocket[];
  /** The socket opened last. */
  readonly socket: FakeSocket;
  /** The server says something on the socket opened last. */
  say(...frames: readonly object[]): void;
  /** The server says hello and lets the client in; `more` is what ready says beside. */
  admit(caps?: readonly string[], limits?: object, more?: object): void;
  /** The server dispatches an event. */
  dispatch(t: string, d: object): void;
  /** The connection is cut. */
  cut(): void;
  /** The server takes the update of metadata that came last. */
  takeMetadata(): void;
  /** Lets another connection stand after a loss. */
  comeBack(): void;
  /** Lets another connection go on with the session `s1`, of which the server has got so many dispatches. */
  resume(received: number): void;
}

/** A client that is not started; `given` as for `connect`. */
export function stageClient(given: ConnectOptions<never> = {}): ClientStage {
  const platform = createSteppedPlatform();
  const sockets: FakeSocket[] = [];
  const options = { app: "api", id: "1", ...given };
  const made = createClient<never>({
    options: resolveOptions(options, () => "id"),
    given: options,
    codec: jsonCodec,
    platform,
    openSocket(_, tell) {
      const sent: SentFrame[] = [];
      sockets.push({ tell, sent, of: (t) => sent.filter((frame) => frame.t === t) });
      return {
        bufferedBytes: 0,
        send: (data) => void sent.push(JSON.parse(data as string)),
        close: () => queueMicrotask(() => tell.ended(1000, "")),
        abandon: () => {},
      };
    },
  });
  const stage: ClientStage = {
    ...made,
    platform,
    sockets,
    get socket() {
      return sockets.at(-1)!;
    },
    say(...frames) {
      for (const frame of frames) stage.socket.tell.message(JSON.stringify(frame));
    },
    admit(caps = ["receipt", "queue2"], limits = {}, more = {}) {
      stage.say(
        { op: 0, d: { heartbeat_interval: 45_000 } },
        { op: 2, d: { restricted: false, caps, limits, ...more } },
      );
    },
    dispatch: (t, d) => stage.say({ op: 4, ts: 1, t, d }),
    cut: () => stage.socket.tell.ended(1006, ""),
    takeMetadata() {
      const { nonce } = stage.socket.of("UPDATE_METADATA").at(-1)!;
      stage.dispatch("METADATA_UPDATED", { nonce });
    },
    comeBack() {
      platform.step(10_000);
      stage.admit();
    },
    resume(received) {
      platform.step(1000);
      stage.admit(undefined, undefined, { session: "s1", resumed: true, received });
    },
  };
  return stage;
}

/** A client that is connected. */
export function connectClient(given?: ConnectOptions<never>): ClientStage {
  const stage = stageClient(given);
  stage.start();
  stage.admit();
  return stage;
}

/** What became of a promise so far: its value, the code it was rejected with, or `pending`. */
export interface Outcome {
  value: unknown;
}

export function watch(promise: Promise<unknown>): Outcome {
  const outcome: Outcome = { value: "pending" };
  promise.then(
    (value) => {
      outcome.value = value;
    },
    (error: { readonly code?: unknown }) => {
      outcome.value = error.code;
    },
  );
  return outcome;
}

/** Lets everything run that waits for no more than promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
