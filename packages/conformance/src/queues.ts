import { freshName, type IdentifiedClient, type IdentifyOptions, identifiedClient } from "./identified.ts";
import type { Reachable } from "./start-server.ts";

/** The extensions by which a client can say all that there is to say about queues. */
export const queueCaps = ["queue2", "receipt"];

/** The id of a queued message, as clients see it. */
export const idShape = /^[0-9a-z]{11}$/;

/** A message as a consumer gets it, with what came beside it. */
export interface Taken {
  readonly queue: string;
  readonly id: string;
  readonly attempt: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  readonly payload: any;
  readonly nonce: unknown;
  readonly headers?: unknown;
}

/** A client that has the extensions. */
export function capableClient(server: Reachable, options: IdentifyOptions = {}): Promise<IdentifiedClient> {
  return identifiedClient(server, { ...options, identify: { caps: queueCaps, ...options.identify } });
}

export interface ConsumerOptions extends IdentifyOptions {
  /** How many messages it asks for. @default 1 */
  readonly count?: number;
}

/** A client that asks for messages of a queue, none of which are there yet. */
export async function consumer(
  server: Reachable,
  queue: string,
  options: ConsumerOptions = {},
): Promise<IdentifiedClient> {
  const client = await lateConsumer(server, queue, options);
  await client.settle();
  return client;
}

/** A client that asks for messages of a queue, some of which may be there. */
export async function lateConsumer(
  server: Reachable,
  queue: string,
  { count, ...options }: ConsumerOptions = {},
): Promise<IdentifiedClient> {
  const client = await capableClient(server, options);
  client.dispatch("QUEUE_REQUEST", { queue, count });
  return client;
}

/** Puts a message into a queue and waits until it is stored; resolves with its id. The target keeps everybody unless given. */
export async function push(client: IdentifiedClient, queue: string, message: object = {}): Promise<string> {
  const nonce = freshName("push");
  client.dispatch("QUEUE", { queue, target: {}, payload: null, nonce, ...message });
  const { t, d } = await client.next();
  if (t !== "QUEUE_CONFIRM" || d.queue !== queue) throw new Error(`expected a confirmation, got ${JSON.stringify(d)}`);
  return d.id;
}

/** The next frame, which has to be a message of a queue. */
export async function take(client: IdentifiedClient): Promise<Taken> {
  const { op, t, d } = await client.next();
  if (op !== 4 || t !== "QUEUE") throw new Error(`expected a message, got ${t} ${JSON.stringify(d)}`);
  const { nonce, payload, headers } = d;
  return { ...payload, nonce, ...(headers !== undefined && { headers }) };
}

/** The payloads of the next messages. */
export async function takeAll(client: IdentifiedClient, count: number): Promise<unknown[]> {
  const payloads: unknown[] = [];
  while (payloads.length < count) payloads.push((await take(client)).payload);
  return payloads;
}

/** Says what becomes of a message, and waits until that is stored. */
export async function settleMessage(
  client: IdentifiedClient,
  t: "QUEUE_ACK" | "QUEUE_NACK",
  { queue, id }: Pick<Taken, "queue" | "id">,
  more: object = {},
): Promise<void> {
  const nonce = freshName("settle");
  client.send({ op: 4, t, nonce, d: { queue, id, ...more } });
  const answer = await client.next();
  if (answer.t !== "QUEUE_SETTLED" || answer.d.nonce !== nonce) {
    throw new Error(`expected an answer to ${t}, got ${answer.t} ${JSON.stringify(answer.d)}`);
  }
}

/** The answer to something that is refused. */
export const refusal = (code: string, more: object = {}): object => ({ op: 3, t: null, d: { code, ...more } });
