import { defaultCredit } from "@singyeong/protocol";
import { msgpackCodec, type Raw } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import { type Client, createClient } from "../registry/client.ts";
import type { Callees } from "./callees.ts";
import type { EndTable } from "./client-ends.ts";
import type { Closing } from "./closing.ts";
import { createEnd, type End } from "./end.ts";
import { grant, take } from "./flow.ts";
import { encodeCall } from "./frames.ts";
import type { OwnStream, StreamSink } from "./sink.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import type { CallContent, OwnCall, StreamLimits, StreamMessage } from "./streams.ts";
import { tellAbort, tellCredit } from "./telling.ts";

/** Opens streams of the server's own to clients. */
export interface OwnStreams {
  /** `null` where the client takes no calls now. */
  openTo(callee: Client, call: OwnCall, sink: StreamSink): OwnStream | null;
}

export interface OwnStreamsOptions {
  readonly callees: Callees;
  readonly ends: EndTable;
  readonly closing: Closing;
  readonly clock: Clock;
  readonly metrics: StreamMetrics;
  readonly limits: StreamLimits;
  readonly pass: (sender: End, message: StreamMessage) => void;
}

/** About what a frame has beside its payload. */
const frameBytes = 64;

/** Past so many bytes in a client's socket the server's own messages wait, and how often it then looks, in milliseconds. */
const highWaterBytes = 4 * 1024 * 1024;
const pollMs = 5;

export function createOwnStreams(options: OwnStreamsOptions): OwnStreams {
  const { callees, ends, closing, clock, metrics, limits, pass } = options;
  const self = createSelf();
  let waiting = new Set<End>();
  let isPolling = false;
  let lastId = -1;

  function look(): void {
    isPolling = false;
    const due = waiting;
    waiting = new Set();
    for (const end of due) if (isOpen(end)) end.sink!.room();
  }

  function waitFor(end: End): void {
    waiting.add(end);
    if (isPolling) return;
    isPolling = true;
    clock.after(pollMs, look);
  }

  const isOpen = (end: End): boolean => ends.find(self, end.id) === end;

  function control(end: End, peer: End): OwnStream {
    const { codec } = peer.client;
    const say = (payload: Raw | undefined, hasEnded: boolean): void =>
      pass(end, { codec, payload, headers: undefined, end: hasEnded });
    return {
      maySend() {
        const { credit, bytes } = end.flow;
        if (end.hasEnded || !isOpen(end) || credit === 0 || bytes >= limits.maxStreamBytes) return false;
        if (peer.client.outbox.backlogBytes() < highWaterBytes) return true;
        waitFor(end);
        return false;
      },
      send(payload) {
        if (end.hasEnded || !isOpen(end)) return;
        if (!take(end.flow, payload.length + frameBytes, limits.maxStreamBytes)) {
          throw new Error("a message of the server's own is beyond what the stream takes");
        }
        say(payload, false);
      },
      end(payload) {
        if (end.hasEnded || !isOpen(end)) return;
        end.hasEnded = true;
        say(payload, true);
      },
      credit(n) {
        if (!isOpen(end) || peer.hasEnded) return;
        grant(peer.flow, n);
        tellCredit(peer, n, clock.now());
      },
      abort(code, message) {
        if (!isOpen(end)) return;
        closing.close(end);
        const said = { code: codec.encode(code), message: codec.encode(message) };
        tellAbort(peer, { codec, ...said, data: undefined, delivered: true }, clock.now());
      },
    };
  }

  return {
    openTo(callee, { method, payload, end: hasEnded, credit }, sink) {
      if (callee.membership === null || !callees.takesCalls(callee)) return null;
      const { codec } = callee;
      const theirs = ends.of(callee);
      const end = createEnd(self, lastId + 1, defaultCredit, sink);
      const peer = createEnd(callee, theirs.lastId - 1, credit);
      const call: CallContent = {
        codec,
        method: codec.encode(method),
        payload,
        headers: undefined,
        payloadCodec: undefined,
        end: hasEnded,
        credit,
        deadlineMs: 0,
        waitMs: 0,
      };
      const context = { from: codec.encode(null), via: undefined, deadlineMs: undefined };
      if (!callee.outbox.send(encodeCall(peer, call, context, clock.now()))) return null;
      lastId++;
      theirs.lastId--;
      end.hasEnded = hasEnded;
      end.peer = peer;
      peer.peer = end;
      ends.add(end);
      ends.add(peer);
      metrics.calls.total++;
      return control(end, peer);
    },
  };
}

/** The client that the server is in streams of its own: nobody finds it, and no frame is ever sent to it. */
function createSelf(): Client {
  return createClient({
    application: "",
    id: "",
    codec: msgpackCodec,
    outbox: { send: () => false, close() {}, backlogBytes: () => 0 },
    restricted: false,
    tags: [],
    caps: [],
    ip: null,
    peer: "",
    namespace: null,
    receiveClientUpdates: false,
    nowMs: 0,
  });
}
