import { jsonCodec } from "@singyeong/protocol/codec";
import { type Static, type TProperties, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Exchange } from "../ports/listener.ts";
import { type BodyLimits, type RawFields, type Read, readFields } from "./body.ts";
import { httpError, type Response } from "./route.ts";

type FieldName<P extends TProperties> = keyof P & string;
type Body<P extends TProperties> = Static<Type.TObject<P>>;

/** What a body has to look like. */
export interface BodyShape<P extends TProperties> {
  readonly names: readonly FieldName<P>[];
  /** Decodes the fields that have been cut out of a body; the answer that refuses them names the first bad one. */
  decode(fields: RawFields<FieldName<P>>): Read<Body<P>>;
  /** Reads a whole body. */
  read(exchange: Exchange, limits: BodyLimits): Promise<Read<Body<P>>>;
}

/** Makes a shape from a schema; `rules` finish the sentence "`field` is …" for people. Other fields are ignored. */
export function createBodyShape<P extends TProperties>(
  { properties }: Type.TObject<P>,
  rules: Readonly<Record<FieldName<P>, string>>,
): BodyShape<P> {
  const names = Object.keys(properties) as FieldName<P>[];
  const fieldShapes = names.map((name) => {
    const schema: TSchema = properties[name]!;
    return { name, optional: Type.IsOptional(schema), validator: Compile(schema) };
  });

  function decode(fields: RawFields<FieldName<P>>): Read<Body<P>> {
    const body: Record<string, unknown> = {};
    for (const { name, optional, validator } of fieldShapes) {
      const raw = fields[name];
      if (raw === undefined && optional) continue;
      if (raw === undefined) return refuseField(name, `${name} is missing; it is ${rules[name]}`);
      const value = jsonCodec.decode(raw);
      if (!validator.Check(value)) return refuseField(name, `${name} is ${rules[name]}`);
      body[name] = value;
    }
    return { ok: true, value: body as Body<P> };
  }

  async function read(exchange: Exchange, limits: BodyLimits): Promise<Read<Body<P>>> {
    const fields = await readFields(exchange, limits, names);
    return fields.ok ? decode(fields.value) : fields;
  }

  return { names, decode, read };
}

/** Refuses a body for one of its fields. */
export function refuseField(name: string, message: string): { readonly ok: false; readonly response: Response } {
  return { ok: false, response: httpError("dispatch/invalid", { at: `/${name}`, message }) };
}
