import { freshName, type IdentifiedClient, type IdentifyOptions, identifiedClient } from "./identified.ts";
import type { Frame } from "./raw-client.ts";
import type { Reachable } from "./start-server.ts";

/** The extensions of a client that publishes and subscribes, and is answered by nonce. */
const topicCaps = ["receipt", "topic"];

/** Events that a member may have without having settled them, where it does not say ([TO-10]). */
export const firstInFlight = 16;

/** An event, as a member gets it. */
export interface TopicEvent {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  readonly attempt: number;
  readonly headers?: unknown;
  readonly reply?: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  readonly payload: any;
}

export function topicClient(server: Reachable, options: IdentifyOptions = {}): Promise<IdentifiedClient> {
  return identifiedClient(server, { ...options, identify: { caps: topicCaps, ...options.identify } });
}

/** Subscribes and waits until that holds; nothing else may be under way to the client. */
export async function subscribe(
  client: IdentifiedClient,
  topics: string | readonly string[],
  more: object = {},
): Promise<{ readonly topics: readonly string[]; readonly group: string }> {
  const nonce = freshName("subscribe");
  client.send({ op: 4, t: "SUBSCRIBE", nonce, d: { topics: [topics].flat(), ...more } });
  return answer(await client.next(), "SUBSCRIBED", nonce);
}

export async function unsubscribe(
  client: IdentifiedClient,
  topics: string | readonly string[],
  more: object = {},
): Promise<{ readonly topics: readonly string[]; readonly group: string | null }> {
  const nonce = freshName("unsubscribe");
  client.send({ op: 4, t: "UNSUBSCRIBE", nonce, d: { topics: [topics].flat(), ...more } });
  return answer(await client.next(), "UNSUBSCRIBED", nonce);
}

/** A new client that is a member for some topics. */
export async function member(
  server: Reachable,
  topics: string | readonly string[],
  { options, ...more }: { readonly options?: IdentifyOptions; readonly [field: string]: unknown } = {},
): Promise<IdentifiedClient> {
  const client = await topicClient(server, options);
  await subscribe(client, topics, more);
  return client;
}

/** Publishes and waits until that is stored; nothing else may be under way to the client. */
export async function publish(
  client: IdentifiedClient,
  topic: string,
  payload: unknown = null,
  more: object = {},
): Promise<{ readonly id: string; readonly groups: number }> {
  const nonce = freshName("publish");
  client.dispatch("PUBLISH", { topic, payload, nonce, ...more });
  return answer(await client.next(), "PUBLISHED", nonce);
}

/** The next frame, which has to be an event. */
export async function takeEvent(client: IdentifiedClient): Promise<TopicEvent> {
  const { op, t, d } = await client.next();
  if (op !== 4 || t !== "EVENT") throw new Error(`expected an event, got ${t} ${JSON.stringify(d)}`);
  return d;
}

export async function takeEvents(client: IdentifiedClient, count: number): Promise<TopicEvent[]> {
  const events: TopicEvent[] = [];
  while (events.length < count) events.push(await takeEvent(client));
  return events;
}

/** The payloads of the next events. */
export async function takePayloads(client: IdentifiedClient, count: number): Promise<unknown[]> {
  return (await takeEvents(client, count)).map(({ payload }) => payload);
}

/** Says what becomes of an event, and waits until that is stored; nothing else may be under way to the client. */
export async function settleEvent(
  client: IdentifiedClient,
  t: "ACK" | "NACK",
  { id, group }: Pick<TopicEvent, "id" | "group">,
  more: object = {},
): Promise<void> {
  const nonce = freshName("settle");
  client.send({ op: 4, t, nonce, d: { id, ...more } });
  const settled = answer(await client.next(), "QUEUE_SETTLED", nonce);
  if (settled.id !== id || settled.queue !== queueOf(group))
    throw new Error(`not of ${id}: ${JSON.stringify(settled)}`);
}

/** The queue behind a group ([TO-16]). */
export const queueOf = (group: string): string => `$topic/${group}`;

/** Where that queue is looked at over HTTP. */
export const queuePath = (group: string): string => `/api/v1/queues/${encodeURIComponent(queueOf(group))}`;

// biome-ignore lint/suspicious/noExplicitAny: bodies of every shape
function answer({ op, t, d }: Frame, expected: string, nonce: string): any {
  if (op !== 4 || t !== expected || d.nonce !== nonce) {
    throw new Error(`expected ${expected} ${nonce}, got op ${op}, ${t} ${JSON.stringify(d)}`);
  }
  return d;
}
