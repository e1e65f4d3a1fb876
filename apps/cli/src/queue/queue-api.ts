import type { Query } from "@singyeong/client";
import { maxNamedIds } from "@singyeong/protocol";
import { misuse } from "../failure.ts";
import type { QueueCaller } from "./queue-caller.ts";
import { readCount, readPage, readQueue, readQueues, readText, readWhole } from "./read-answers.ts";

/** A queue as its server counts it. Times are milliseconds. */
export interface QueueInfo {
  readonly queue: string;
  readonly ready: number;
  readonly leased: number;
  readonly delayed: number;
  readonly dead: number;
  readonly bytes: number;
  readonly consumers: number;
  readonly openRequests: number;
  /** Since the oldest ready message was pushed; `null` where none is ready. */
  readonly oldestMs: number | null;
  readonly paused: boolean;
}

export const messageStates = ["ready", "leased", "delayed", "dead"] as const;
export type MessageState = (typeof messageStates)[number];

/** A message where it stands. Times are milliseconds since the epoch. */
export interface QueueMessage {
  readonly queue: string;
  readonly id: string;
  readonly state: MessageState;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly priority: number;
  readonly pushedAtMs: number;
  /** leased: when the lease ends; delayed: when it becomes ready; dead: when it died. */
  readonly dueAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly cause: string | null;
  readonly holder: { readonly app: string; readonly id: string } | null;
  readonly target: Query;
  readonly nonce: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

export interface MessagePage {
  readonly messages: readonly QueueMessage[];
  /** Where the next page begins; `null` where this was the last one. */
  readonly next: string | null;
}

/** What is asked of a page. */
export interface PageRequest {
  readonly state: MessageState;
  readonly limit: number;
  /** What the page before said. */
  readonly after: string | null;
}

/** Queues over HTTP (docs/protocol/queue-http.md). Counts are of messages changed, on disk by then. */
export interface QueueApi {
  list(prefix: string): Promise<readonly QueueInfo[]>;
  info(queue: string): Promise<QueueInfo>;
  messages(queue: string, page: PageRequest): Promise<MessagePage>;
  message(queue: string, id: string): Promise<QueueMessage>;
  ack(queue: string, ids: readonly string[]): Promise<number>;
  /** `null` is every dead message. */
  redrive(queue: string, ids: readonly string[] | null): Promise<number>;
  purge(queue: string, state: Exclude<MessageState, "leased"> | "all"): Promise<number>;
  /** Makes the queue where there is none; resuming one that is not there is refused. */
  pause(queue: string, paused: boolean): Promise<QueueInfo>;
  /** `null` lets the server choose the name. */
  backup(name: string | null): Promise<{ readonly path: string; readonly bytes: number }>;
}

/** Work over a whole queue takes its time; Node.js itself gives up on an answer after five minutes. */
const longMs = 290_000;

export function createQueueApi(call: QueueCaller, timeoutMs: number): QueueApi {
  const at = (queue: string, below = ""): string => `/queues/${encodePart(queue)}${below}`;
  const patient = Math.max(timeoutMs, longMs);

  /** Changes the messages named, as many at a time as a request may name; `null` is all there are. */
  async function change(queue: string, below: string, ids: readonly string[] | null): Promise<number> {
    if (ids === null) return readCount(await call({ path: at(queue, below), body: {}, timeoutMs: patient }));
    let count = 0;
    for (let i = 0; i < ids.length; i += maxNamedIds)
      count += readCount(
        await call({ path: at(queue, below), body: { ids: ids.slice(i, i + maxNamedIds) }, timeoutMs }),
      );
    return count;
  }

  return {
    list: async (prefix) => readQueues(await call({ path: `/queues?${new URLSearchParams({ prefix })}`, timeoutMs })),
    info: async (queue) => readQueue(await call({ path: at(queue), timeoutMs })),
    async messages(queue, { state, limit, after }) {
      const asked = new URLSearchParams({ state, limit: `${limit}`, ...(after !== null && { after }) });
      return readPage(await call({ path: at(queue, `/messages?${asked}`), timeoutMs }));
    },
    async message(queue, id) {
      const answer = await call({ path: at(queue, `/messages/${encodePart(id)}`), timeoutMs });
      return readPage({ messages: [answer], next: null }).messages[0]!;
    },
    ack: (queue, ids) => change(queue, "/ack", ids),
    redrive: (queue, ids) => change(queue, "/redrive", ids),
    purge: async (queue, state) =>
      readCount(await call({ path: at(queue, "/purge"), body: { state }, timeoutMs: patient })),
    pause: async (queue, paused) =>
      readQueue(await call({ path: at(queue, paused ? "/pause" : "/resume"), body: {}, timeoutMs })),
    async backup(name) {
      const answer = await call({ path: "/backup", body: name === null ? {} : { name }, timeoutMs: patient });
      return { path: readText(answer, "path"), bytes: readWhole(answer, "bytes") };
    },
  };
}

/** A name as part of a path; a path loses parts that are empty or dots. */
function encodePart(name: string): string {
  if (/^\.{0,2}$/.test(name)) throw misuse(`"${name}" is no name that can be asked for`);
  return encodeURIComponent(name);
}
