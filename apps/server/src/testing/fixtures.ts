/** Stand-ins for the ports of outer layers, for unit tests. */
import { type Codec, jsonCodec, type Raw } from "@singyeong/protocol/codec";
import type { Metrics, Tally } from "../ports/metrics.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Random } from "../ports/random.ts";
import { type Client, type ClientIntroduction, createClient } from "../registry/client.ts";

/** An outbox that keeps what it was given. */
export interface RecordingOutbox extends Outbox {
  readonly frames: Raw[];
  closedWith: { readonly code: number; readonly reason: string } | null;
  /** Set to refuse every further frame. */
  full: boolean;
}

export function createRecordingOutbox(): RecordingOutbox {
  const frames: Raw[] = [];
  return {
    frames,
    closedWith: null,
    full: false,
    send(frame) {
      if (!this.full) frames.push(frame);
      return !this.full;
    },
    close(code, reason) {
      this.closedWith = { code, reason };
    },
    backlogBytes: () => 0,
  };
}

/** What an outbox holds, read as JSON frames. */
export function readFrames(outbox: RecordingOutbox): unknown[] {
  return outbox.frames.map((frame) => JSON.parse(typeof frame === "string" ? frame : Buffer.from(frame).toString()));
}

/** Metrics whose totals can be read by name. */
export function createTestMetrics(): Metrics & { total(name: string): number } {
  const series = new Map<string, Tally[]>();
  return {
    contentType: "text/plain",
    render: async () => "",
    counter(name) {
      const tally = { total: 0 };
      series.set(name, [...(series.get(name) ?? []), tally]);
      return tally;
    },
    gauge() {},
    gauges() {},
    histogram: () => ({ observe() {} }),
    total: (name) => (series.get(name) ?? []).reduce((sum, tally) => sum + tally.total, 0),
  };
}

/** A generator with a seed (mulberry32). */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { unit, bytes: (size) => Uint8Array.from({ length: size }, () => unit() * 256) };
}

/** A client with the least that it needs, and its outbox. */
export function createTestClient(
  introduction: Partial<ClientIntroduction> & { readonly id: string },
  codec: Codec = jsonCodec,
): { readonly client: Client; readonly outbox: RecordingOutbox } {
  const outbox = createRecordingOutbox();
  const client = createClient({
    application: "app",
    codec,
    outbox,
    restricted: false,
    tags: [],
    caps: [],
    ip: "127.0.0.1",
    peer: "127.0.0.1",
    namespace: null,
    receiveClientUpdates: false,
    nowMs: 0,
    ...introduction,
  });
  return { client, outbox };
}
