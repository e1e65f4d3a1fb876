// @ts-expect-error: the library has no types
import library from "erlang_js";
import type { WireCodec } from "./codec.ts";

interface Term {
  readonly value: unknown;
}
type TermClass = new (value: unknown) => Term;
interface Erlang {
  readonly OtpErlangAtom: TermClass;
  readonly OtpErlangBinary: TermClass;
  readonly OtpErlangList: TermClass;
  readonly OtpErlangMap: TermClass;
  set_undefined(atom: string): void;
  binary_to_term(data: Buffer, done: (error: Error | undefined, term: unknown) => void): void;
  term_to_binary(term: unknown, done: (error: Error | undefined, data: Buffer) => void): void;
}

const erlang = (library as { readonly Erlang: Erlang }).Erlang;
erlang.set_undefined("nil");

/** `erlang_js`; maps are written with keys that are binaries. */
export const etf: WireCodec = createEtf((key) => new erlang.OtpErlangBinary(Buffer.from(key)));

/** As {@link etf}, with keys that are atoms: what an Elixir client may send as well. */
export const etfWithAtomKeys: WireCodec = createEtf((key) => new erlang.OtpErlangAtom(key));

function createEtf(writeKey: (key: string) => Term): WireCodec {
  function toTerm(value: unknown): unknown {
    if (typeof value === "string") return new erlang.OtpErlangBinary(Buffer.from(value));
    if (value instanceof Uint8Array) return new erlang.OtpErlangBinary(Buffer.from(value));
    if (Array.isArray(value)) return new erlang.OtpErlangList(value.map(toTerm));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return new erlang.OtpErlangMap(new Map(entries.map(([key, inner]) => [writeKey(key), toTerm(inner)])));
  }
  return {
    encoding: "etf",
    isBinary: true,
    encode: (value) => settle((done) => erlang.term_to_binary(toTerm(value), done)),
    decode: (data) => fromTerm(settle((done) => erlang.binary_to_term(data, done))),
  };
}

function fromTerm(term: unknown): unknown {
  if (term instanceof erlang.OtpErlangAtom) return term.value;
  if (term instanceof erlang.OtpErlangBinary) return readBinary(term.value as Buffer);
  if (term instanceof erlang.OtpErlangList) return (term.value as unknown[]).map(fromTerm);
  if (!(term instanceof erlang.OtpErlangMap)) return term;
  const entries = [...(term.value as Map<unknown, unknown>)];
  return Object.fromEntries(entries.map(([key, value]) => [fromTerm(key) as string, fromTerm(value)]));
}

/** Text, or the bytes where they are none. */
function readBinary(bytes: Buffer): string | Uint8Array {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : new Uint8Array(bytes);
}

/** The library calls back at once for terms that are not compressed. */
function settle<T>(run: (done: (error: Error | undefined, value: T) => void) => void): T {
  let outcome: { readonly value: T } | undefined;
  run((error, value) => {
    if (error) throw error;
    outcome = { value };
  });
  if (outcome === undefined) throw new Error("erlang_js did not answer at once");
  return outcome.value;
}
