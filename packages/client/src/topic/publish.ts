import { Op } from "@singyeong/protocol";
import type { Frame } from "../codec/wire-codec.ts";
import type { Contract } from "../contract/contract.ts";
import { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { quiet, refused } from "../messaging/quiet.ts";
import { unaskedFor } from "../messaging/unasked.ts";
import type { Target } from "../query/query.ts";
import { resolveTarget } from "../query/resolve-target.ts";
import { fieldsOf } from "../session/answers.ts";
import { extension } from "./extension.ts";
import { createGatherings } from "./gatherings.ts";
import type { Published, PublishOptions, ReplyWaitOptions, TopicReply } from "./topic.ts";

type Refusal = SingyeongError | null;

/** Publishes, and brings answers to those who wait for them. `refusal` is why nothing new might be sent, `null` where it might. */
export interface Publishing {
  publish(refusal: Refusal, topic: string, payload: unknown, options?: PublishOptions): Promise<Published>;
  publishAndWait(refusal: Refusal, topic: string, payload: unknown, options?: ReplyWaitOptions): Promise<TopicReply>;
  replies(refusal: Refusal, topic: string, payload: unknown, options?: ReplyWaitOptions): AsyncIterable<TopicReply>;
  /** A PUBLISHED came. */
  published(frame: Frame): void;
  /** A REPLY came. */
  replied(frame: Frame): void;
}

/** How long answers count where nobody says, in milliseconds. */
const usualReplyMs = 30_000;

export function createPublishing(core: Core): Publishing {
  const { exchange, messenger } = core;
  const unasked = unaskedFor(core, extension);
  /** What awaits its first answer, by nonce: that it was stored says nothing then. */
  const awaiting = new Set<string>();
  const gatherings = createGatherings(core);

  function post<T>(
    nonce: string,
    topic: string,
    payload: unknown,
    { headers, target, timeoutMs, signal }: PublishOptions,
    more: object,
    read: (answer: object | null) => T,
  ): Promise<T> {
    const query = target === undefined ? undefined : resolveTarget(target as Target<Contract>);
    const d = { topic, payload: payload ?? null, nonce, target: query, headers, ...more };
    const how = { awaits: "answer", nonce, repeatable: false, needs: extension } as const;
    return messenger.post({ op: Op.dispatch, t: "PUBLISH", d }, how, { timeoutMs, signal }, read);
  }

  const wanting = (timeoutMs: number): object => ({ reply: true, deadline_ms: Math.ceil(timeoutMs) });

  return {
    publish(refusal, topic, payload, options = {}) {
      const problem = refusal ?? unasked;
      if (problem !== null) return refused(problem);
      return post(messenger.nextNonce(), topic, payload, options, {}, readPublished);
    },
    publishAndWait(refusal, topic, payload, { timeoutMs = usualReplyMs, ...options } = {}) {
      const problem = refusal ?? unasked;
      if (problem !== null) return refused(problem);
      const nonce = messenger.nextNonce();
      awaiting.add(nonce);
      const reply = post(nonce, topic, payload, { ...options, timeoutMs }, wanting(timeoutMs), readReply);
      return quiet(reply.finally(() => awaiting.delete(nonce)));
    },
    async *replies(refusal, topic, payload, { timeoutMs = usualReplyMs, ...options } = {}) {
      const problem = refusal ?? unasked;
      if (problem !== null) throw problem;
      const nonce = messenger.nextNonce();
      const gathering = gatherings.open(nonce, timeoutMs, options.signal);
      try {
        const { groups } = await post(
          nonce,
          topic,
          payload,
          { ...options, timeoutMs },
          wanting(timeoutMs),
          readPublished,
        );
        if (groups > 0) yield* gathering.read();
      } finally {
        gathering.close();
      }
    },
    published(frame) {
      const d = fieldsOf(frame);
      const { nonce } = d;
      if (typeof nonce !== "string") return;
      if (!awaiting.has(nonce)) exchange.answer(nonce, d);
      else if (readPublished(d).groups === 0) exchange.refuse(nonce, noGroup());
    },
    replied(frame) {
      const d = fieldsOf(frame);
      const { nonce } = d;
      if (typeof nonce !== "string" || gatherings.take(nonce, readReply(d))) return;
      if (awaiting.has(nonce)) exchange.answer(nonce, d);
    },
  };
}

function readPublished(answer: object | null): Published {
  const { id, groups } = (answer ?? {}) as { id?: unknown; groups?: unknown };
  return { id: typeof id === "string" ? id : "", groups: typeof groups === "number" ? groups : 0 };
}

function readReply(answer: object | null): TopicReply {
  const { group, payload } = (answer ?? {}) as { group?: unknown; payload?: unknown };
  return { group: typeof group === "string" ? group : "", payload };
}

function noGroup(): SingyeongError {
  return new SingyeongError("route/no-match", "no group has subscribed to the topic");
}
