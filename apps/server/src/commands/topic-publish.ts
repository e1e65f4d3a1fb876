import { maxNonceBytes, maxQueueMs } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import { parseTopic } from "../topic/pattern.ts";
import type { AnswerWish, Publication } from "../topic/topics.ts";
import { type Command, type Refusal, refuse } from "./command.ts";
import { readText, readValue, readWhole, refuseField } from "./fields.ts";
import { readHeaders } from "./headers.ts";
import { keptNonce, placeInFrame } from "./kept-nonce.ts";
import { topicCap, topicRule } from "./topic-fields.ts";

/** How long answers are awaited where nobody says. */
const usualDeadlineMs = 30_000;

/** `PUBLISH`: a message for one member of every group that has a pattern for the topic; `PUBLISHED` once it is stored. */
export const publish: Command = {
  event: "PUBLISH",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: true,
  run({ topics, replies }, sender, frame) {
    const publication = readPublication(sender, frame);
    if ("kind" in publication) return publication;
    const wish = readWish(sender, frame);
    if (wish !== null && "kind" in wish) return wish;
    const { codec } = sender;
    const nonce = keptNonce(frame.field("nonce"));
    const isAnswered = nonce !== null && codec.decodeExact(nonce) !== null;
    topics.publish(publication, wish, (outcome) => {
      if (!outcome.ok) {
        const told = nonce === null ? undefined : codec.decodeExact(nonce);
        return replies.refuse(sender, outcome.code, placeInFrame(outcome.extraInfo), told);
      }
      const { id, groups } = outcome;
      if (isAnswered) replies.answer(sender, "PUBLISHED", codec.embed({ id, groups }, "nonce", nonce));
    });
    return null;
  },
};

function readPublication(sender: Client, frame: Frame): Publication | Refusal {
  const { codec } = sender;
  if (!frame.hasFields) return refuse("dispatch/invalid", { at: "/d", message: "d is a map of topic and payload" });
  const topic = readText(codec, frame, "topic");
  if (topic === null || parseTopic(topic) === null) return refuseField("topic", `topic is ${topicRule}`);
  const payload = frame.field("payload");
  if (payload === undefined) return refuseField("payload", "payload is missing");
  const rawHeaders = frame.field("headers");
  const headers = rawHeaders === undefined ? undefined : readHeaders(codec, rawHeaders);
  if (headers === null) return refuseField("headers", "headers map text to text");
  const target = frame.field("target");
  const isForAny = target === undefined || codec.decode(target) === null;
  return { topic, rights: sender.rights, codec, payload, headers, target: isForAny ? undefined : target };
}

/** Whether and how long answers are awaited ([TO-14]). */
function readWish(sender: Client, frame: Frame): AnswerWish | null | Refusal {
  const { codec } = sender;
  const wanted = readValue(codec, frame, "reply") ?? false;
  if (typeof wanted !== "boolean") return refuseField("reply", "reply is true or false");
  const deadlineMs = readWhole(codec, frame, "deadline_ms", { min: 1, max: maxQueueMs }, usualDeadlineMs);
  if (deadlineMs === null) return refuseField("deadline_ms", `deadline_ms is a whole number from 1 to ${maxQueueMs}`);
  if (!wanted) return null;
  const nonce = keptNonce(frame.field("nonce"));
  if (nonce === null || codec.decode(nonce) === null) {
    return refuseField("nonce", `answers are known by a nonce, of at most ${maxNonceBytes} bytes`);
  }
  return { client: sender, nonce, deadlineMs };
}
