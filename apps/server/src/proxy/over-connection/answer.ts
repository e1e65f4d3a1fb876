import type { Codec } from "@singyeong/protocol/codec";
import type { AnswerHandlers, Reach, TargetFailure } from "../../ports/dialer.ts";
import type { StreamMessage } from "../../stream/streams.ts";
import { readAnswerHead } from "./answer-head.ts";
import { decodeChunk } from "./body-chunk.ts";

/** What comes back from a client, read. */
export interface Answer {
  /** Takes a message; why it is none, where it is not. */
  take(message: StreamMessage): TargetFailure | null;
  readonly hasBegun: boolean;
}

/** Statuses that never have a body. */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** Hands an answer on as it comes, to a request of that method. */
export function createAnswer(method: string, codec: Codec, handlers: AnswerHandlers): Answer {
  let hasBegun = false;
  let isBodiless = false;
  /** Bytes that are still to come; `null` where nobody told. */
  let left: number | null = null;

  function begin({ payload }: StreamMessage): string | null {
    if (payload === undefined) return "there is no head";
    const head = readAnswerHead(codec.decode(payload));
    if (typeof head === "string") return head;
    hasBegun = true;
    isBodiless = method === "HEAD" || bodiless.has(head.status);
    left = isBodiless ? null : head.length;
    handlers.head(head.status, head.headers);
    return null;
  }

  function add({ payload }: StreamMessage): string | null {
    if (payload === undefined) return null;
    const chunk = decodeChunk(codec, payload);
    if (chunk === null) return "a part of the body is no bytes";
    if (isBodiless || chunk.length === 0) return null;
    if (left !== null) {
      if (chunk.length > left) return "the body is longer than content-length";
      left -= chunk.length;
    }
    handlers.data(chunk);
    return null;
  }

  return {
    take(message) {
      const reach: Reach = hasBegun ? "answer" : "target";
      const fault = hasBegun ? add(message) : begin(message);
      if (fault !== null) return badResponse(fault, reach);
      if (!message.end) return null;
      if (left !== null && left > 0) return badResponse("the body is shorter than content-length", "answer");
      handlers.end();
      return null;
    },
    get hasBegun() {
      return hasBegun;
    },
  };
}

export function badResponse(reason: string, reach: Reach): TargetFailure {
  return { code: "proxy/bad-response", reason, reach };
}
