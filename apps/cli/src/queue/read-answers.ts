import { type Query, SingyeongError } from "@singyeong/client";
import { type MessagePage, messageStates, type QueueInfo, type QueueMessage } from "./queue-api.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @throws SingyeongError `client/protocol` for what is none, as all of these do */
export function readQueues(answer: unknown): readonly QueueInfo[] {
  return readList(answer, "queues").map(readQueue);
}

export function readQueue(answer: unknown): QueueInfo {
  const paused = fieldsOf(answer).paused;
  if (typeof paused !== "boolean") throw unexpected("paused");
  return {
    queue: readText(answer, "queue"),
    ready: readWhole(answer, "ready"),
    leased: readWhole(answer, "leased"),
    delayed: readWhole(answer, "delayed"),
    dead: readWhole(answer, "dead"),
    bytes: readWhole(answer, "bytes"),
    consumers: readWhole(answer, "consumers"),
    openRequests: readWhole(answer, "open_requests"),
    oldestMs: readTime(answer, "oldest_ms"),
    paused,
  };
}

export function readPage(answer: unknown): MessagePage {
  const { next = null } = fieldsOf(answer);
  if (next !== null && typeof next !== "string") throw unexpected("next");
  return { messages: readList(answer, "messages").map(readMessage), next };
}

function readMessage(answer: unknown): QueueMessage {
  const { payload = null, nonce = null, cause = null, holder = null, headers, target } = fieldsOf(answer);
  const state = messageStates.find((each) => each === fieldsOf(answer).state);
  if (state === undefined) throw unexpected("state");
  return {
    queue: readText(answer, "queue"),
    id: readText(answer, "id"),
    state,
    attempt: readWhole(answer, "attempt"),
    maxAttempts: readWhole(answer, "max_attempts"),
    priority: readWhole(answer, "priority"),
    pushedAtMs: readWhole(answer, "pushed_ms"),
    dueAtMs: readTime(answer, "due_ms"),
    expiresAtMs: readTime(answer, "expires_ms"),
    cause: cause === null ? null : readText(answer, "cause"),
    holder: holder === null ? null : { app: readText(holder, "app_id"), id: readText(holder, "client_id") },
    target: fieldsOf(target) as Query,
    nonce,
    headers: (headers ?? {}) as Readonly<Record<string, string>>,
    payload,
  };
}

export function readCount(answer: unknown): number {
  return readWhole(answer, "count");
}

export function readText(answer: unknown, key: string): string {
  const value = fieldsOf(answer)[key];
  if (typeof value !== "string") throw unexpected(key);
  return value;
}

export function readWhole(answer: unknown, key: string): number {
  const value = fieldsOf(answer)[key];
  if (typeof value !== "number") throw unexpected(key);
  return value;
}

function readTime(answer: unknown, key: string): number | null {
  return (fieldsOf(answer)[key] ?? null) === null ? null : readWhole(answer, key);
}

function readList(answer: unknown, key: string): readonly unknown[] {
  const value = fieldsOf(answer)[key];
  if (!Array.isArray(value)) throw unexpected(key);
  return value;
}

function fieldsOf(answer: unknown): Fields {
  return typeof answer === "object" && answer !== null ? (answer as Fields) : {};
}

function unexpected(key: string): SingyeongError {
  return new SingyeongError("client/protocol", `the server's answer has no "${key}" that makes sense`);
}
