import type { PayloadCodec } from "../codec/payload-codec.ts";
import { SingyeongError } from "../errors.ts";
import { nameValue } from "../value/describe.ts";
import type { HandleOptions, Middleware, Relay, ServeOptions } from "./call.ts";

/** Codecs that are there without being given. */
const builtIn: ReadonlySet<string> = new Set(["bytes", "msgpack"]);

/** Looks at the option `codecs`. @throws `client/invalid-options`, here and below */
export function checkCodecs(codecs: readonly PayloadCodec[]): void {
  const names = new Set<string>();
  for (const codec of codecs) {
    const { name, encode, decode } = (codec ?? {}) as { readonly [K in keyof PayloadCodec]?: unknown };
    if (typeof name !== "string" || name === "") throw invalid(`a codec has a name, which is not ${nameValue(name)}`);
    if (builtIn.has(name)) throw invalid(`the codec ${name} is built in`);
    if (names.has(name)) throw invalid(`there are two codecs ${name}`);
    expectFunctions({ encode, decode }, `the codec ${name}`);
    names.add(name);
  }
}

export function checkServing({ concurrency = 1, use = [] }: ServeOptions & HandleOptions): void {
  const isCount = concurrency === Number.POSITIVE_INFINITY || Number.isInteger(concurrency);
  if (!isCount || concurrency < 1) {
    throw invalid(`concurrency is a whole number from 1 on, not ${nameValue(concurrency)}`);
  }
  expectFunctions({ ...use }, "use");
}

export function checkMiddleware(middleware: Middleware): void {
  const { incoming, outgoing } = middleware ?? {};
  const given = Object.entries({ incoming, outgoing }).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw invalid("middleware is incoming or outgoing, and here is neither");
  expectFunctions(Object.fromEntries(given), "middleware");
}

export function checkRelay(relay: Relay): void {
  const { accepts, to } = relay ?? {};
  expectFunctions({ accepts, to }, "a relay");
}

function expectFunctions(functions: { readonly [name: string]: unknown }, of: string): void {
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value !== "function") throw invalid(`${name} of ${of} is a function, not ${nameValue(value)}`);
  }
}

function invalid(message: string): SingyeongError {
  return new SingyeongError("client/invalid-options", message);
}
