import { everyoneIn, type IdentifiedClient, type IdentifyOptions, identifiedClient } from "./identified.ts";
import type { Reachable } from "./start-server.ts";

/** The extensions of a client that calls and is called, and is told of refusals by nonce. */
export const streamCaps = ["receipt", "stream"];

/** Messages that either end may send at first ([ST-8]). */
export const firstCredit = 16;

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Body = any;

/** One end of a stream, as its client knows it. */
export interface StreamEnd {
  readonly client: IdentifiedClient;
  readonly id: number;
  data(more?: object): void;
  credit(n: unknown): void;
  /** With `stream/cancelled` where `more` names no code. */
  abort(more?: object): void;
  /** The next frame of its client, which has to be this dispatch of this stream; resolves with `d`. */
  take(t: string): Promise<Body>;
}

/** A stream with both its clients. */
export interface OpenStream extends AsyncDisposable {
  readonly caller: StreamEnd;
  readonly callee: StreamEnd;
  /** `d` of CALL, as the callee got it. */
  readonly call: Body;
}

export function streamer(server: Reachable, options: IdentifyOptions = {}): Promise<IdentifiedClient> {
  return identifiedClient(server, { ...options, identify: { caps: streamCaps, ...options.identify } });
}

/** The next frame of a client, which has to be this dispatch; resolves with `d`. */
export async function takeDispatch(client: IdentifiedClient, t: string): Promise<Body> {
  const frame = await client.next();
  if (frame.op !== 4 || frame.t !== t) throw new Error(`expected ${t}, got ${show(frame)}`);
  return frame.d;
}

/** The end of a stream that its client knows by `id`. */
export function endOf(client: IdentifiedClient, id: number): StreamEnd {
  return {
    client,
    id,
    data: (more) => client.dispatch("DATA", { id, ...more }),
    credit: (n) => client.dispatch("CREDIT", { id, n }),
    abort: (more) => client.dispatch("ABORT", { id, code: "stream/cancelled", ...more }),
    async take(t) {
      const d = await takeDispatch(client, t);
      if (d.id !== id) throw new Error(`expected ${t} of stream ${id}, got ${show(d)}`);
      return d;
    },
  };
}

/** Calls a client, by its application unless `call` says otherwise, and takes the CALL that it gets. */
export async function openStream(
  from: IdentifiedClient,
  to: IdentifiedClient,
  id: number,
  call: object = {},
): Promise<Pick<OpenStream, "caller" | "callee" | "call">> {
  from.dispatch("CALL", { id, target: everyoneIn(to.application), method: "m", ...call });
  const got = await takeDispatch(to, "CALL");
  return { caller: endOf(from, id), callee: endOf(to, got.id), call: got };
}

export interface StreamOptions {
  readonly from?: IdentifyOptions;
  readonly to?: IdentifyOptions;
  /** What the CALL says beside id, target and method. */
  readonly call?: object;
}

/** Two new clients with a stream between them, of id 0 for the one that calls. */
export async function newStream(server: Reachable, { from, to, call }: StreamOptions = {}): Promise<OpenStream> {
  const near = await streamer(server, from);
  const far = await streamer(server, to);
  return {
    ...(await openStream(near, far, 0, call)),
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  };
}

/** Proves that nothing else is under way at either end, whatever either has sent. */
export async function settleBoth({ caller, callee }: Pick<OpenStream, "caller" | "callee">): Promise<void> {
  // Each is waited for before the other is looked at: what it sent has been handed on by then.
  await caller.client.settle();
  await callee.client.settle();
  await caller.client.settle();
}

/** Proves that a stream is open both ways and that nothing else is under way: a message each way, with credit for both. */
export async function provesOpen({ caller, callee }: Pick<OpenStream, "caller" | "callee">): Promise<void> {
  for (const [here, there] of [
    [caller, callee],
    [callee, caller],
  ] as const) {
    here.data({ payload: "open" });
    const { payload } = await there.take("DATA");
    if (payload !== "open") throw new Error(`expected what was sent, got ${show(payload)}`);
    there.credit(1);
    const { n } = await here.take("CREDIT");
    if (n !== 1) throw new Error(`expected a credit of 1, got ${n}`);
  }
}

/** The next frame of an end, which has to be an ABORT by the server as [ST-14] has it. */
export async function expectAbort(end: StreamEnd, code: string, delivered: boolean): Promise<Body> {
  const d = await end.take("ABORT");
  if (d.code !== code || d.delivered !== delivered || typeof d.message !== "string") {
    throw new Error(`expected ${code}, delivered: ${delivered}, got ${show(d)}`);
  }
  return d;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
}
