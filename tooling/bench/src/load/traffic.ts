/** The messages that benchmarks send. */
import { encodeTextFrame } from "./frame.ts";
import { application, regionOf } from "./profile.ts";

/** Distinct queries per traffic. */
export const queryCount = 1000;
/** Frames in one write: small enough for four senders to take turns within the window. */
const framesPerBatch = 50;

/** Frames made ready for sending; message `i` is query `i % queryCount`. */
export interface Traffic {
  /** Each frame by itself. */
  readonly singles: readonly Buffer[];
  /** The same frames, in order, so many to a write. */
  readonly batches: readonly Buffer[];
  readonly framesPerBatch: number;
  /** Mean length of a frame's payload in bytes. */
  readonly payloadBytes: number;
}

/** One of the guilds that queries ask for; who holds it is up to the benchmark. `series` keeps two traffics apart. */
export function guildOf(series: number, query: number): string {
  return String(810_000_000_000_000_000n + BigInt(series) * 1_000_000_000n + BigInt(query) * 7919n);
}

/** A query for the client that holds a guild: three ops, constants differing from query to query. */
export function createGuildQuery(series: number, query: number, holder: number): object {
  const ops = [
    { region: { $eq: regionOf(holder) } },
    { latency: { $gte: query % 20 } },
    { guilds: { $contains: guildOf(series, query) } },
  ];
  return { application, ops };
}

/** SEND frames, one per query; `holderOf` names the client that holds a query's guild. */
export function createSendTraffic(series: number, holderOf: (query: number) => number): Traffic {
  return createTraffic(framesPerBatch, (query) => {
    const target = createGuildQuery(series, query, holderOf(query));
    return { t: "SEND", d: { target, nonce: `n${query}`, payload: { seq: query, note: "guild update" } } };
  });
}

/** The raw payload of every broadcast. */
export const broadcastPayload = JSON.stringify({ kind: "announcement", text: "settings have changed", revision: 4711 });

/** BROADCAST frames that match every client of the application. */
export function createBroadcastTraffic(): Traffic {
  return createTraffic(1, (query) => {
    const target = { application, ops: [{ latency: { $gte: query % 20 } }] };
    return { t: "BROADCAST", d: { target, payload: JSON.parse(broadcastPayload) as object } };
  });
}

function createTraffic(batchSize: number, dispatchOf: (query: number) => object): Traffic {
  const texts = Array.from({ length: queryCount }, (_, query) =>
    JSON.stringify({ op: 4, ts: 1_700_000_000_000, ...dispatchOf(query) }),
  );
  const singles = texts.map(encodeTextFrame);
  const batches: Buffer[] = [];
  for (let i = 0; i < singles.length; i += batchSize) batches.push(Buffer.concat(singles.slice(i, i + batchSize)));
  const payloadBytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  return { singles, batches, framesPerBatch: batchSize, payloadBytes };
}
