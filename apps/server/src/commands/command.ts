import type { ErrorCode, Value } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { QueryFault } from "@singyeong/query";
import type { Delivery } from "../delivery/delivery.ts";
import type { HttpServers } from "../proxy/over-connection/http-servers.ts";
import type { Queues } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { describeRefusal, type ForbiddenQuery, type Router } from "../router/router.ts";
import type { Streams } from "../stream/streams.ts";
import type { Topics } from "../topic/topics.ts";
import type { Replies } from "./replies.ts";

/** What commands work with. */
export interface Services {
  readonly registry: Registry;
  readonly router: Router;
  readonly delivery: Delivery;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly streams: Streams;
  readonly httpServers: HttpServers;
  /** For what is known only after the command has run, and for refusals. */
  readonly replies: Replies;
  /** About how large an answer to a query may become. */
  readonly maxAnswerBytes: number;
}

/** A mistake inside a dispatch: answered with op 3, and the connection lives. */
export interface Refusal {
  readonly kind: "refusal";
  readonly code: ErrorCode;
  readonly extraInfo: Value;
  /** v1's `error` text where the table of errors leaves it open. */
  readonly text?: string;
}

/** A dispatch back to the sender. */
export interface Answer {
  readonly kind: "answer";
  readonly event: string;
  readonly d: Value;
}

/** What a command has for its sender; `null` is silence. */
export type Outcome = Refusal | Answer | null;

/** One dispatch event. Runs to its end before the connection's next frame is read; the frame is borrowed. */
export interface Command {
  readonly event: string;
  /** The extension that it belongs to: to clients without it there is no such event. @default v1 */
  readonly cap?: string;
  /** True where restricted clients may use it. */
  readonly allowRestricted: boolean;
  /** True where `d` has a nonce by which its sender knows the answer; elsewhere a key of that name is just a key. */
  readonly hasNonce: boolean;
  run(services: Services, sender: Client, frame: Frame): Outcome;
}

/** Refuses a dispatch. */
export function refuse(code: ErrorCode, extraInfo: Value): Refusal {
  return { kind: "refusal", code, extraInfo };
}

/** Refuses a query that breaks the language's rules, or is not permitted; `prefix` points to where it stands in the frame. */
export function refuseQuery(refused: QueryFault | ForbiddenQuery, prefix: string): Refusal {
  const { code, extraInfo } = describeRefusal(refused, prefix);
  return refuse(code, extraInfo);
}

/** Refuses what its sender's permissions do not cover; `at` points to what it named. */
export function refuseForbidden(at: string, message: string): Refusal {
  return refuse("auth/forbidden", { at, message });
}
