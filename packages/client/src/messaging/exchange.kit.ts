/** A connection, and frames to send on it, whose other end is the test. */
import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import { createSteppedPlatform, type SteppedPlatform } from "../platform/stepped.kit.ts";
import type { Link } from "../session/link.ts";
import { createExchange, type Exchange, type OutboxBounds, type Outgoing } from "./exchange.ts";

/** A link that keeps what is written to it. */
interface FakeLink extends Link {
  readonly written: (string | Uint8Array)[];
  bufferedBytes: number;
  standsSinceMs: number;
}

function createFakeLink(caps: readonly string[] = ["receipt"], maxFrameBytes = Number.POSITIVE_INFINITY): FakeLink {
  const written: (string | Uint8Array)[] = [];
  return {
    server: { name: "server" } as Server,
    admission: { restricted: false, caps: new Set(caps), node: null, maxFrameBytes },
    bufferedBytes: 0,
    standsSinceMs: 0,
    written,
    write: (data) => void written.push(data),
  };
}

/** Why a connection is lost unless a test says otherwise. */
export const cutOff: SingyeongError = new SingyeongError("client/connection-lost", "server closed the connection");

/** An item that remembers what became of it. */
export interface RecordedItem extends Outgoing {
  /** What settled it; absent until something did. */
  answer?: object | null;
  error?: SingyeongError;
  /** How often it was settled or failed: once at most. */
  outcomes: number;
}

/** An item that awaits a receipt, unless told otherwise; its nonce is its data. */
export function createItem(data: string, changes: Partial<Outgoing> = {}): RecordedItem {
  const item: RecordedItem = {
    data,
    awaits: "receipt",
    nonce: data,
    repeatable: false,
    timeoutMs: null,
    deadlineMs: Number.POSITIVE_INFINITY,
    endMs: Number.POSITIVE_INFINITY,
    link: null,
    outcomes: 0,
    settle(answer) {
      item.answer = answer;
      item.outcomes++;
    },
    fail(error) {
      item.error = error;
      item.outcomes++;
    },
    ...changes,
  };
  return item;
}

export interface ExchangeStage {
  readonly platform: SteppedPlatform;
  readonly exchange: Exchange;
  /** The connection that stands; `null` at first. */
  link: FakeLink | null;
  dropped: number;
  /** Lets a connection stand, as a session does that was let in. */
  connect(caps?: readonly string[], maxFrameBytes?: number): FakeLink;
  /** Loses the connection that stands, or broke, by an error of its own unless told otherwise. */
  cut(error?: SingyeongError): void;
  /** Breaks the connection that stands; it may be resumed. */
  part(): void;
  /** Lets the connection that broke stand again. */
  resume(): void;
  post(data: string, changes?: Partial<Outgoing>): RecordedItem;
}

export function stageExchange(bounds: Partial<OutboxBounds> = {}): ExchangeStage {
  const platform = createSteppedPlatform();
  const all: OutboxBounds = { maxMessages: 100, maxBytes: 10_000, maxAgeMs: 60_000, whenFull: "reject", ...bounds };
  const exchange = createExchange(
    platform,
    all,
    () => stage.link,
    () => stage.dropped++,
  );
  let parted: FakeLink | null = null;
  const stage: ExchangeStage = {
    platform,
    exchange,
    link: null,
    dropped: 0,
    connect(caps, maxFrameBytes) {
      stage.link = createFakeLink(caps, maxFrameBytes);
      stage.link.standsSinceMs = platform.elapsedMs();
      exchange.flush();
      return stage.link;
    },
    part() {
      parted = stage.link!;
      parted.standsSinceMs = Number.POSITIVE_INFINITY;
      stage.link = null;
    },
    resume() {
      stage.link = parted!;
      parted = null;
      stage.link.standsSinceMs = platform.elapsedMs();
      exchange.flush();
    },
    cut(error = cutOff) {
      const lost = stage.link ?? parted!;
      stage.link = null;
      exchange.lost(lost, error);
    },
    post(data, changes) {
      const item = createItem(data, changes);
      exchange.post(item);
      return item;
    },
  };
  return stage;
}
