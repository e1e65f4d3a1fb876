/** How lanes of topics are named, and the queues behind groups. */
import { isMap } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import { StoreError } from "../kernel/store-error.ts";
import type { Router } from "../router/router.ts";
import type { LaneTerms, Topic } from "./machine/lane.ts";
import { parseStoredTarget } from "./stored-target.ts";

/** What the names of queues behind groups begin with; clients can neither push to such queues nor ask for their messages. */
export const groupPrefix = "$topic/";
/** Queues of records that are no messages: no group has such a name. */
const recordPrefix = `${groupPrefix} `;
export const retainedQueue = `${recordPrefix}retained`;
export const patternsQueue = `${recordPrefix}patterns`;

export function isGroupQueue(name: string): boolean {
  return name.startsWith(groupPrefix);
}

/** Whether what is stored under the name of a queue are records. */
export function isRecordQueue(name: string): boolean {
  return name.startsWith(recordPrefix);
}

export function createTopic(text: string): Topic {
  return { text, segments: text.split(".") };
}

/** The target by which a lane of a topic is known. `query` is a stored one ({@link formatStoredTarget}), null where anybody may get the messages. */
export function formatTopicTarget(topic: string, query: string | null, isVolatile: boolean): string {
  const memory = isVolatile ? ',"memory":true' : "";
  return `{"topic":${JSON.stringify(topic)}${memory}${query === null ? "" : `,"target":${query}`}}`;
}

/** The topic and the query, raw, of a target that `formatTopicTarget` made. */
export function parseTopicTarget(target: string): {
  readonly topic: string;
  readonly query: string;
  readonly isVolatile: boolean;
} {
  const value = jsonCodec.decodeExact(target);
  if (!isMap(value) || typeof value.topic !== "string") {
    throw new StoreError("format", `a stored message of a topic has no topic: ${target.slice(0, 200)}`);
  }
  const query = value.target === undefined ? "{}" : (jsonCodec.encode(value.target) as string);
  return { topic: value.topic, query, isVolatile: value.memory === true };
}

/** What the messages of a stored target have in common. @throws StoreError `format` */
export function readTerms(queue: string, target: string, router: Router): LaneTerms {
  const { topic, query, isVolatile } = isGroupQueue(queue)
    ? parseTopicTarget(target)
    : { topic: null, query: target, isVolatile: false };
  const stored = parseStoredTarget(query);
  const compiled = router.compileWithin(jsonCodec, stored.query, stored.namespace);
  if (!compiled.ok) {
    throw new StoreError("format", `a stored message has a target that is no query any more: ${compiled.message}`);
  }
  return { query: compiled.query, topic: topic === null ? null : createTopic(topic), isVolatile };
}
