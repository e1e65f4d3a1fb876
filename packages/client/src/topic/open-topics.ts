import type { Late } from "../messaging/late.ts";
import { lateConsumer } from "../work/late-consumer.ts";
import type { TopicEvents } from "./topic.ts";
import type { Topics } from "./topics.ts";

type Args<M extends keyof Topics> = Parameters<Topics[M]> extends [unknown, ...infer Rest] ? Rest : never;

/** What a client does with topics; it is loaded with the first of it. */
export function openTopics(late: Late<Topics>) {
  return {
    subscribe: (topics: string | readonly string[], ...args: readonly unknown[]): TopicEvents =>
      lateConsumer(late, args, (part, refusal) => part.subscribe(refusal, topics, args), "subscribed"),
    publish: (...args: Args<"publish">) => late((part, refusal) => part.publish(refusal, ...args)),
    publishAndWait: (...args: Args<"publishAndWait">) => late((part, refusal) => part.publishAndWait(refusal, ...args)),
    async *replies(...args: Args<"replies">) {
      yield* await late((part, refusal) => part.replies(refusal, ...args));
    },
  };
}
