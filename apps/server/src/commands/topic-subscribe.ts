import { defaultMaxInFlight, maxInFlightLimit, maxQueueMs } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Rights } from "../access/rights.ts";
import type { Client } from "../registry/client.ts";
import type { Pattern } from "../topic/pattern.ts";
import type { SubscriptionTerms } from "../topic/topics.ts";
import { type Command, type Outcome, type Refusal, refuse, refuseForbidden } from "./command.ts";
import { readValue, readWhole, refuseField } from "./fields.ts";
import {
  isGroupName,
  readFrameNonce,
  readGroup,
  readPatterns,
  refuseByNonce,
  refuseGroup,
  topicCap,
} from "./topic-fields.ts";

const minAckMs = 100;

/** `SUBSCRIBE`: makes its sender a member of a group; `SUBSCRIBED` once that holds. */
export const subscribe: Command = {
  event: "SUBSCRIBE",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: false,
  run(services, sender, frame) {
    const { codec } = sender;
    const rawNonce = readFrameNonce(frame);
    const nonce = rawNonce === null ? null : codec.decodeExact(rawNonce);
    const terms = readTerms(sender, frame);
    if ("kind" in terms) return refuseByNonce(services, sender, nonce, terms);
    const forbidden = sender.rights === null ? null : refusePatterns(sender.rights, terms.patterns);
    if (forbidden !== null) return refuseByNonce(services, sender, nonce, forbidden);
    const { topics, replies } = services;
    topics.subscribe(sender, terms, (refused) => {
      if (refused !== null) return void refuseByNonce(services, sender, nonce, refuse(refused.code, refused.extraInfo));
      const names = terms.patterns.map(({ text }) => text);
      replies.answer(sender, "SUBSCRIBED", codec.encode({ topics: names, group: terms.group, nonce }));
    });
    return null;
  },
};

/** `UNSUBSCRIBE`: takes patterns from its sender. */
export const unsubscribe: Command = {
  event: "UNSUBSCRIBE",
  cap: topicCap,
  allowRestricted: false,
  hasNonce: false,
  run(services, sender, frame): Outcome {
    const { codec } = sender;
    const rawNonce = readFrameNonce(frame);
    const nonce = rawNonce === null ? null : codec.decodeExact(rawNonce);
    const patterns = readPatterns(codec, frame);
    if ("kind" in patterns) return refuseByNonce(services, sender, nonce, patterns);
    const group = readGroup(codec, frame);
    if (group !== null && typeof group !== "string") return refuseByNonce(services, sender, nonce, group);
    const topics = patterns.map(({ text }) => text);
    services.topics.unsubscribe(sender, topics, group);
    return { kind: "answer", event: "UNSUBSCRIBED", d: { topics, group, nonce } };
  },
};

/** A pattern is permitted as it is written: whatever it stands for is permitted then too. */
function refusePatterns(rights: Rights, patterns: readonly Pattern[]): Refusal | null {
  const at = patterns.findIndex(({ text }) => !rights.maySubscribe(text));
  return at === -1 ? null : refuseForbidden(`/d/topics/${at}`, "this client may not subscribe to this");
}

function readTerms(sender: Client, frame: Frame): SubscriptionTerms | Refusal {
  const { codec } = sender;
  const patterns = readPatterns(codec, frame);
  if ("kind" in patterns) return patterns;
  const named = readGroup(codec, frame);
  if (named !== null && typeof named !== "string") return named;
  const group = named ?? sender.application;
  if (!isGroupName(group)) return refuseGroup();
  const from = readValue(codec, frame, "from") ?? "latest";
  if (from !== "latest" && from !== "earliest") return refuseField("from", "from is latest or earliest");
  const inFlight = { min: 1, max: maxInFlightLimit };
  const maxInFlight = readWhole(codec, frame, "max_in_flight", inFlight, defaultMaxInFlight);
  if (maxInFlight === null) {
    return refuseField("max_in_flight", `max_in_flight is a whole number from 1 to ${maxInFlightLimit}`);
  }
  const ackMs = readWhole(codec, frame, "ack_ms", { min: minAckMs, max: maxQueueMs }, 0);
  if (ackMs === null) return refuseField("ack_ms", `ack_ms is a whole number from ${minAckMs} to ${maxQueueMs}`);
  const ack = readValue(codec, frame, "ack") ?? "explicit";
  if (ack !== "explicit" && ack !== "none") return refuseField("ack", "ack is explicit or none");
  return {
    patterns,
    group,
    fromEarliest: from === "earliest",
    maxInFlight,
    ackMs: ackMs || null,
    isUnacked: ack === "none",
  };
}
