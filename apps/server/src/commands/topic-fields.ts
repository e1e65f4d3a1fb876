/** What topic events have in common. */
import { maxNonceBytes, maxPatterns, maxTopicBytes, maxTopicSegments, type Value } from "@singyeong/protocol";
import type { Codec, Frame, Raw } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import { type Pattern, parsePattern } from "../topic/pattern.ts";
import type { Outcome, Refusal, Services } from "./command.ts";
import { readText, readValue, refuseField } from "./fields.ts";

/** The capability by which clients subscribe and publish. */
export const topicCap = "topic";

const segmentsRule = `text of at most ${maxTopicBytes} bytes: 1 to ${maxTopicSegments} segments without spaces, dots between them`;
export const topicRule = `${segmentsRule}, none of them * or >`;

/** The patterns that a frame names, each once. */
export function readPatterns(codec: Codec, frame: Frame): readonly Pattern[] | Refusal {
  const refusal = refuseField(
    "topics",
    `topics is a list of 1 to ${maxPatterns} patterns, each ${segmentsRule}, > in the last place alone`,
  );
  const named = readValue(codec, frame, "topics");
  if (!Array.isArray(named) || named.length < 1 || named.length > maxPatterns) return refusal;
  const patterns = new Map<string, Pattern>();
  for (const text of named) {
    const pattern = typeof text === "string" ? parsePattern(text) : null;
    if (pattern === null) return refusal;
    patterns.set(pattern.text, pattern);
  }
  return [...patterns.values()];
}

/** The group that a frame names; null where it names none. */
export function readGroup(codec: Codec, frame: Frame): string | null | Refusal {
  const group = readText(codec, frame, "group");
  if (group === null && readValue(codec, frame, "group") === null) return null;
  return group !== null && isGroupName(group) ? group : refuseGroup();
}

export function isGroupName(text: string): boolean {
  return text !== "" && !text.includes(" ");
}

export function refuseGroup(): Refusal {
  return refuseField("group", `group is text of 1 to ${maxTopicBytes} bytes without spaces`);
}

/** The nonce beside `t`, raw; `null` where there is none, or one too long to be repeated. */
export function readFrameNonce({ nonce }: Frame): Raw | null {
  return nonce === undefined || nonce.length > maxNonceBytes ? null : nonce;
}

/** Refuses with the nonce beside `t`, whatever other extensions the sender has. */
export function refuseByNonce({ replies }: Services, sender: Client, nonce: Value, refusal: Refusal): Outcome {
  replies.refuse(sender, refusal.code, refusal.extraInfo, nonce === null ? undefined : nonce);
  return null;
}
