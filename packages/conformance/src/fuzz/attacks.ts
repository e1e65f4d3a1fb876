import { codecs, type Encoding, encodings } from "../codecs/index.ts";
import type { Chance } from "./chance.ts";
import { hostileDispatch, hostileIntroduction } from "./hostile.ts";
import { mutate } from "./mutate.ts";

/**
 * What protocol.md says must come of it:
 *
 * - `fatal`: op 8, then a close with 1000;
 * - `oversize`: a close with 1009, or a cut where the listener cannot say so;
 * - `lives`: op 3, deliveries or nothing, and the connection goes on;
 * - `either`: nobody can tell without decoding it: `fatal` or `lives`.
 */
export type Outcome = "fatal" | "oversize" | "lives" | "either";

export interface Attack {
  readonly name: string;
  readonly encoding: Encoding;
  /** True where the attacker is a client by then. */
  readonly identified: boolean;
  /** The extensions that the client asks for where it does. */
  readonly caps: readonly string[];
  readonly application: string;
  readonly data: string | Buffer;
  readonly outcome: Outcome;
}

/** Bytes that are no frame in any part of the encoding, whatever comes behind them. */
const garbage: Readonly<Record<Encoding, readonly string[]>> = {
  json: [
    "",
    "{",
    "}",
    "[}",
    '{"op":05}',
    '{"op":5,}',
    '{"op":5}x',
    '"\\x"',
    "{'op':5}",
    "nul",
    "-",
    "\u0000",
    '{"a":"\n"}',
  ],
  // Lying lengths (str32, array32, map32, bin32 of 4 GiB), cut off, something behind the end, no string as key.
  msgpack: ["", "dbffffffff", "ddffffffff", "dfffffffff", "c6ffffffff", "81a26f70", "8000", "81c005", "81a26f70c1"],
  etf: [
    "",
    "83",
    "8374ffffffff",
    "836cffffffff",
    "836dffffffff",
    "836fffffffff00",
    "837400000001",
    "83740000000000",
    "8250",
  ],
};

const kinds = [
  "truncated",
  "mutated",
  "random",
  "garbage",
  "wrong-kind",
  "bomb",
  "hostile",
  "introduction",
  "oversize",
] as const;

/** One hostile frame. The same chance gives the same attack. */
export function createAttack(chance: Chance, application: string): Attack {
  const encoding = chance.pick(encodings);
  const kind = chance.below(40) === 0 ? "oversize" : chance.pick(kinds.slice(0, -1));
  const identified = kind === "hostile" || (kind !== "introduction" && chance.below(3) > 0);
  const caps = chance.below(2) === 0 ? [] : chance.pick([["receipt"], ["queue2"], ["queue2", "receipt"]]);
  const make = (outcome: Outcome, data: string | Buffer): Attack => ({
    name: `${kind} in ${encoding}, ${identified ? "after" : "before"} identify`,
    encoding,
    identified,
    caps,
    application,
    data: encoding === "json" && outcome !== "fatal" && typeof data !== "string" ? data.toString() : data,
    outcome: identified || outcome === "oversize" ? outcome : outcome === "lives" ? "fatal" : outcome,
  });
  const write = (bytes: Buffer): string | Buffer => (encoding === "json" ? bytes.toString() : bytes);
  const sample = chance.pick(samples(encoding, application));
  switch (kind) {
    case "truncated":
      return make("fatal", write(sample.subarray(0, chance.below(sample.length))));
    case "mutated":
      return make("either", mutate(chance, sample, chance.pick(samples(encoding, application))));
    case "random":
      return make("either", chance.bytes(chance.below(200)));
    case "garbage": {
      const text = chance.pick(garbage[encoding]);
      return make("fatal", encoding === "json" ? text : Buffer.from(text, "hex"));
    }
    case "wrong-kind":
      return make("fatal", encoding === "json" ? sample : sample.toString("latin1"));
    case "bomb":
      return make("fatal", write(bomb(encoding, 200 + chance.below(200_000))));
    case "hostile":
      return make("lives", hostileFrame(chance, encoding, application));
    case "introduction":
      return make("fatal", write(introduction(chance, encoding)));
    case "oversize":
      return make("oversize", write(Buffer.alloc(1_048_577 + chance.below(1_048_576), 0x20)));
  }
}

function samples(encoding: Encoding, application: string): readonly Buffer[] {
  const target = { application, ops: [{ path: "/a", op: "$gte", to: { value: 1 } }], optional: true };
  const frames = [
    { op: 5, d: { client_id: "x" } },
    { op: 4, t: "SEND", d: { target, nonce: "n", payload: { deep: [1, [2.5, [null, "신경"]]], flag: true } } },
    { op: 4, t: "BROADCAST", d: { target, nonce: null, payload: "text" } },
    { op: 4, t: "SEND", nonce: "outer", d: { target, nonce: [1], payload: 1, receipt: true } },
    { op: 4, t: "UPDATE_METADATA", d: { a: { type: "integer", value: 70_000 }, l: { type: "list", value: [1, "b"] } } },
    {
      op: 4,
      t: "QUEUE",
      d: { queue: "hostile 1", target, nonce: "n", payload: [1], delay_ms: 1, priority: 9, id: "x" },
    },
    { op: 4, t: "QUEUE_REQUEST", d: { queue: "hostile 1", count: 3 } },
    { op: 4, t: "QUEUE_NACK", nonce: 1, d: { queue: "hostile 1", id: "00000000001", delay_ms: 0, dead: false } },
    { op: 4, t: "QUERY_NODES", d: { ...target, selector: { $min: "/a" } } },
    { op: 1, d: { application_id: application, client_id: "again", tags: ["x"] } },
  ];
  return frames.map((frame) => Buffer.from(codecs[encoding].encode(frame) as Buffer));
}

function bomb(encoding: Encoding, levels: number): Buffer {
  const open = { json: "[", msgpack: "\x91", etf: "\x6c\x00\x00\x00\x01" }[encoding];
  const head = {
    json: '{"op":5,"d":',
    msgpack: "\x82\xa2op\x05\xa1d",
    etf: "\x83\x74\x00\x00\x00\x01\x6d\x00\x00\x00\x01d",
  };
  return Buffer.from(head[encoding] + open.repeat(levels), "latin1");
}

function introduction(chance: Chance, encoding: Encoding): Buffer {
  const d = hostileIntroduction(chance);
  if (encoding === "json") return Buffer.from(`{"op":1,"d":${d}}`);
  // The answer names the bad keys, and the msgpack library refuses to read one called __proto__.
  const readable = d.replaceAll('"__proto__"', '"prototype"');
  return Buffer.from(codecs[encoding].encode({ op: 1, d: withoutInfinity(JSON.parse(readable)) }) as Buffer);
}

function hostileFrame(chance: Chance, encoding: Encoding, application: string): string | Buffer {
  const { t, d, nonce } = hostileDispatch(chance, application);
  if (encoding === "json") return `{"d":{"op":8},"op":4,"t":${JSON.stringify(t)},"nonce":${nonce},"d":${d}}`;
  const [readD, readNonce] = [d, nonce].map((text) => withoutInfinity(JSON.parse(text)));
  return codecs[encoding].encode({ op: 4, t, nonce: readNonce, d: readD }) as Buffer;
}

/** etf has no infinity and `erlang_js` writes one all the same. */
function withoutInfinity(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) && Math.abs(value) < 2 ** 60 ? value : 7;
  if (Array.isArray(value)) return value.map(withoutInfinity);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutInfinity(inner)]));
}
