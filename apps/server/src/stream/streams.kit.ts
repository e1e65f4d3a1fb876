/** A server's streams between a few clients, each alone in an application of its own, on a clock that is moved by hand. */
import { jsonCodec } from "@singyeong/protocol/codec";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry } from "../registry/registry.ts";
import { createRouter } from "../router/router.ts";
import {
  createSeededRandom,
  createTestClient,
  createTestMetrics,
  type RecordingOutbox,
  readFrames,
} from "../testing/fixtures.ts";
import { createStreams } from "./create-streams.ts";
import type { Call, StreamLimits } from "./streams.ts";

export const limits: StreamLimits = { maxStreams: 6, maxStreamBytes: 200, maxWaitingCalls: 3 };

export interface Peer {
  readonly client: Client;
  readonly outbox: RecordingOutbox;
}

export interface CallOptions {
  readonly end?: boolean;
  readonly credit?: number;
  readonly deadlineMs?: number;
  readonly waitMs?: number;
  readonly payload?: string;
}

export function createStage(given: StreamLimits = limits) {
  const clock = createSteppedClock(0);
  const metrics = createTestMetrics();
  const registry = createRegistry(createSeededRandom(1), "merge", { maxMetadataKeys: 10, maxMetadataBytes: 1000 });
  const router = createRouter(registry, metrics);
  const wheel = createTimerWheel({
    clock,
    tickMs: 10,
    onError: (error) => {
      throw error;
    },
  });
  const streams = createStreams({ registry, router, clock, wheel, metrics, limits: given });

  function create(application: string): Peer {
    return createTestClient({ id: application, application, caps: ["stream"] });
  }

  return {
    clock,
    metrics,
    registry,
    streams,
    create,
    join(application: string): Peer {
      const peer = create(application);
      registry.join(peer.client);
      return peer;
    },
    leave({ client }: Peer): void {
      registry.leave(client);
      streams.release(client);
    },
    /** Opens a stream to an application, or by `via`. */
    open({ client }: Peer, id: number, to: string | number, options: CallOptions = {}): boolean {
      const { end = false, credit = 16, deadlineMs = 0, waitMs = 0, payload } = options;
      const call: Call = {
        codec: jsonCodec,
        to: typeof to === "number" ? { via: to } : { target: jsonCodec.encode({ application: to }) },
        method: '"m"',
        payload,
        headers: undefined,
        payloadCodec: undefined,
        end,
        credit,
        deadlineMs,
        waitMs,
      };
      return streams.open(client, id, call);
    },
    send({ client }: Peer, id: number, payload: string | undefined, end = false, size = 10): void {
      streams.send(client, id, { codec: jsonCodec, payload, headers: undefined, end }, size);
    },
    abort({ client }: Peer, id: number, code = "stream/cancelled"): void {
      const abortion = {
        codec: jsonCodec,
        code: JSON.stringify(code),
        message: '""',
        data: undefined,
        delivered: true,
      };
      streams.abort(client, id, abortion);
    },
    /** What has come to a client since this was asked last, as `[event, d]`. */
    read({ outbox }: Peer): unknown[] {
      const frames = readFrames(outbox) as { t: string; d: unknown }[];
      outbox.frames.length = 0;
      return frames.map(({ t, d }) => [t, d]);
    },
  };
}
