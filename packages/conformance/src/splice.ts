import { codecs, type Encoding } from "./codecs/index.ts";

/**
 * Values in the very bytes of each encoding, where a library would choose another form of them or has none:
 * JSON text, msgpack and etf in hexadecimal.
 */
export interface Spelling {
  readonly json: string;
  readonly msgpack: string;
  readonly etf: string;
}

/** Stands in a frame where {@link splice} puts a value. */
export const gap = "@@@@";

/** The bytes of a value that is spelled out. */
function spell(encoding: Encoding, spelling: string): Buffer {
  return encoding === "json" ? Buffer.from(spelling) : Buffer.from(spelling.replaceAll(" ", ""), "hex");
}

/** Encodes a frame and replaces the {@link gap} in it; text for JSON, bytes for the others. */
export function splice(encoding: Encoding, frame: unknown, spelling: string): string | Buffer {
  const whole = Buffer.from(codecs[encoding].encode(frame) as Buffer);
  const hole = placeholder(encoding);
  const at = whole.indexOf(hole);
  if (at < 0) throw new Error("the frame has no gap");
  const filled = [whole.subarray(0, at), spell(encoding, spelling), whole.subarray(at + hole.length)];
  const bytes = Buffer.concat(filled);
  return encoding === "json" ? bytes.toString("utf8") : bytes;
}

/** True where a delivered frame has exactly these bytes as its payload. */
export function hasPayload(encoding: Encoding, frame: Buffer, spelling: string): boolean {
  const value = spell(encoding, spelling);
  const [before, after] = surroundings[encoding];
  return frame.includes(Buffer.concat([before, value, after]));
}

function placeholder(encoding: Encoding): Buffer {
  if (encoding === "json") return Buffer.from(`"${gap}"`);
  const head = encoding === "msgpack" ? [0xa0 | gap.length] : [109, 0, 0, 0, gap.length];
  return Buffer.concat([Buffer.from(head), Buffer.from(gap)]);
}

const atom = (name: string): Buffer => Buffer.concat([Buffer.from([100, 0, name.length]), Buffer.from(name)]);
const text = (name: string): Buffer => Buffer.concat([Buffer.from([0xa0 | name.length]), Buffer.from(name)]);

/** A payload stands between its key and the next one, which is `target`. */
const surroundings = {
  json: [Buffer.from('"payload":'), Buffer.from(',"target"')],
  msgpack: [text("payload"), text("target")],
  etf: [atom("payload"), atom("target")],
} as const;
