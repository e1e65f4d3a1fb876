import type { PayloadCodec } from "../codec/payload-codec.ts";
import { SingyeongError } from "../errors.ts";
import { nameValue } from "../value/describe.ts";
import { readBytes } from "./payload-bytes.ts";

/** How payloads of one call travel; `undefined` is no payload, both ways. */
export interface PayloadForm {
  write(value: unknown): unknown;
  /** @throws `client/invalid-value` for what the codec cannot read */
  read(payload: unknown): unknown;
}

/** What is written, as errors call it. */
type Side = "input" | "answer";

/** Finds the form for a codec's name; `null` where nobody registered it. `side` is what is written with it, the input unless given. */
export type FindForm = (name: string, side?: Side) => PayloadForm | Promise<PayloadForm> | null;

/** Values of the connection's own encoding. */
export const plainForm: PayloadForm = { write: (value) => value, read: (payload) => payload };

const bytesCodec: PayloadCodec = {
  name: "bytes",
  // Whatever is none is refused where it is written.
  encode: (value) => value as Uint8Array,
  decode: (bytes) => bytes,
};

/** The codecs of calls: those of the user, `bytes`, and `msgpack`, which is loaded when it is first used. */
export function createPayloadCodecs(own: readonly PayloadCodec[]): FindForm {
  const codecs = [bytesCodec, ...own];
  const formsOf = (side: Side) => new Map(codecs.map((codec) => [codec.name, formOf(codec, side)]));
  const forms = { input: formsOf("input"), answer: formsOf("answer") };
  return (name, side = "input") => {
    const form = forms[side].get(name);
    if (form !== undefined || name !== "msgpack") return form ?? null;
    return import("./msgpack-payloads.ts").then(({ msgpackPayloads }) => {
      const loaded = formOf(msgpackPayloads, side);
      forms[side].set(name, loaded);
      return loaded;
    });
  };
}

function formOf(codec: PayloadCodec, side: Side): PayloadForm {
  const { name } = codec;
  return {
    write(value) {
      if (value === undefined) return undefined;
      const bytes: unknown = codec.encode(value);
      if (bytes instanceof Uint8Array) return bytes;
      const whose = codec === bytesCodec ? `the ${side} of a call` : `what encode gives for the ${side} of a call`;
      const rule = `${whose} with the codec ${name} is a Uint8Array`;
      throw new SingyeongError("client/invalid-value", `${rule}, got ${nameValue(bytes)}`);
    },
    read(payload) {
      if (payload === undefined) return undefined;
      const bytes = readBytes(payload);
      if (bytes !== null) return codec.decode(bytes);
      throw new SingyeongError("client/invalid-value", `a payload of the codec ${name} is no bytes`);
    },
  };
}
