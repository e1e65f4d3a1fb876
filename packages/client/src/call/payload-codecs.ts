import type { PayloadCodec } from "../codec/payload-codec.ts";
import { SingyeongError } from "../errors.ts";
import { readBytes } from "./payload-bytes.ts";

/** How payloads of one call travel; `undefined` is no payload, both ways. */
export interface PayloadForm {
  write(value: unknown): unknown;
  /** @throws `client/invalid-value` for what the codec cannot read */
  read(payload: unknown): unknown;
}

/** Finds the form for a codec's name; `null` where nobody registered it. */
export type FindForm = (name: string) => PayloadForm | Promise<PayloadForm> | null;

/** Values of the connection's own encoding. */
export const plainForm: PayloadForm = { write: (value) => value, read: (payload) => payload };

const bytesCodec: PayloadCodec = {
  name: "bytes",
  encode(value) {
    if (value instanceof Uint8Array) return value;
    throw new SingyeongError("client/invalid-value", "the codec bytes takes bytes alone");
  },
  decode: (bytes) => bytes,
};

/** The codecs of calls: those of the user, `bytes`, and `msgpack`, which is loaded when it is first used. */
export function createPayloadCodecs(own: readonly PayloadCodec[]): FindForm {
  const forms = new Map([bytesCodec, ...own].map((codec) => [codec.name, formOf(codec)]));
  return (name) => {
    const form = forms.get(name);
    if (form !== undefined || name !== "msgpack") return form ?? null;
    return import("./msgpack-payloads.ts").then(({ msgpackPayloads }) => {
      const loaded = formOf(msgpackPayloads);
      forms.set(name, loaded);
      return loaded;
    });
  };
}

function formOf(codec: PayloadCodec): PayloadForm {
  return {
    write: (value) => (value === undefined ? undefined : codec.encode(value)),
    read(payload) {
      if (payload === undefined) return undefined;
      const bytes = readBytes(payload);
      if (bytes !== null) return codec.decode(bytes);
      throw new SingyeongError("client/invalid-value", `a payload of the codec ${codec.name} is no bytes`);
    },
  };
}
