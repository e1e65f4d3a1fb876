/** A session whose connections are the test's. */
import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import { createSteppedPlatform, type SteppedPlatform } from "../platform/stepped.kit.ts";
import type { Status, StatusType } from "../status/status.ts";
import type { Admission } from "./answers.ts";
import type { Connection, Link, LinkHandlers } from "./link.ts";
import { createSession, type Session, type SessionOptions } from "./session.ts";

const usual: Admission = { restricted: false, caps: new Set(["receipt"]), node: "node", maxFrameBytes: 1000 };

export function server(name: string): Server {
  return { name } as Server;
}

/** Why a connection ends unless a test says otherwise. */
export const cut: SingyeongError = new SingyeongError("client/connection-lost", "cut");

/** A connection whose server is the test. */
export interface FakeConnection extends Connection {
  readonly tell: LinkHandlers;
  /** What it was introduced with; `null` before. */
  introduced: { readonly resume?: { readonly session: string; readonly seq: number } } | null;
  closing: boolean;
  abandoned: boolean;
  readonly written: unknown[];
  /** What was said to have been got. */
  readonly confirmed: number[];
  /** Says hello and lets the client in. */
  admit(changes?: Partial<Admission>): void;
  /** Dispatches something, as one frame of a session or as none. */
  dispatch(t: string, seq?: number, d?: object): void;
  /** It breaks. */
  break(): void;
}

export interface SessionStage {
  readonly platform: SteppedPlatform;
  readonly session: Session;
  readonly links: readonly FakeConnection[];
  readonly statuses: readonly Status[];
  /** Names of servers, once for each connection that was lost. */
  readonly lost: readonly string[];
  /** Why each of these was. */
  readonly reasons: readonly SingyeongError[];
  readonly finished: readonly (SingyeongError | null)[];
  /** What was passed on, and the connections that it was said to have come on. */
  readonly dispatched: readonly unknown[];
  readonly sources: readonly (Link | null)[];
  /** What those were told who keep something by a connection, in order. */
  readonly hooks: readonly (readonly ["down" | "lost", Link])[];
  /** The connection opened last. */
  readonly link: FakeConnection;
  /** The status of a type that was told last. */
  last<T extends StatusType>(type: T): Extract<Status, { readonly type: T }> | undefined;
}

function stageSession(changes: Partial<SessionOptions> = {}): SessionStage {
  const platform = createSteppedPlatform();
  const links: FakeConnection[] = [];
  const statuses: Status[] = [];
  const lost: string[] = [];
  const reasons: SingyeongError[] = [];
  const finished: (SingyeongError | null)[] = [];
  const dispatched: unknown[] = [];
  const sources: (Link | null)[] = [];
  const hooks: (readonly ["down" | "lost", Link])[] = [];
  const session = createSession(
    {
      servers: [server("a")],
      platform,
      backoff: { minDelayMs: 100, maxDelayMs: 1000 },
      maxAttempts: Number.POSITIVE_INFINITY,
      maxFirstAttempts: 1,
      attemptMs: 5000,
      outbox: { maxMessages: 300, maxBytes: 300_000 },
      openLink: (to, tell) => open(to, tell, links),
      identify: () => ({}),
      judge: () => null,
      ...changes,
    },
    {
      ready: () => {},
      dispatch(frame: Frame, link) {
        dispatched.push(frame.t);
        sources.push(link);
      },
      lost(link, error) {
        lost.push(link.server.name);
        reasons.push(error);
      },
      status: (status) => void statuses.push(status),
      finished: (error) => void finished.push(error),
    },
  );
  session.onDown((link) => void hooks.push(["down", link]));
  session.onLost((link) => void hooks.push(["lost", link]));
  return {
    platform,
    session,
    links,
    statuses,
    lost,
    reasons,
    finished,
    dispatched,
    sources,
    hooks,
    get link() {
      return links.at(-1)!;
    },
    last: (type) => statuses.findLast((status) => status.type === type) as never,
  };
}

/** A session that was started. */
export function startSession(changes?: Partial<SessionOptions>): SessionStage {
  const scene = stageSession(changes);
  scene.session.start();
  return scene;
}

function open(to: Server, tell: LinkHandlers, links: FakeConnection[]): FakeConnection {
  let admission: Admission | null = null;
  const written: unknown[] = [];
  const confirmed: number[] = [];
  const link: FakeConnection = {
    server: to,
    get admission() {
      return admission;
    },
    bufferedBytes: 0,
    introduced: null,
    closing: false,
    abandoned: false,
    written,
    confirmed,
    tell,
    introduce(identify) {
      link.introduced = identify;
    },
    confirm: (seq) => void confirmed.push(seq),
    write: (data) => void written.push(data),
    close() {
      link.closing = true;
    },
    abandon() {
      link.abandoned = true;
    },
    admit(changes) {
      tell.hello();
      admission = { ...usual, ...changes };
      tell.ready(admission);
    },
    dispatch: (t, seq, d) => tell.dispatch({ op: 4, t, seq, d }, 10),
    break: () => tell.ended(cut, true),
  };
  links.push(link);
  return link;
}
