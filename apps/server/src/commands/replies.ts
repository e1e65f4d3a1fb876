import { type ErrorCode, Op, type Value } from "@singyeong/protocol";
import type { Raw } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import type { Tally } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import { failure } from "./failure.ts";

/** Answers to dispatches, also those that come later than their command. To a client that has gone they say nothing. */
export interface Replies {
  /** A dispatch; `d` is raw in the client's codec. */
  answer(client: Client, event: string, d: Raw): void;
  /** Op 3, with the nonce of what is refused (`undefined` is none); `text` is v1's `error` where the table leaves it open. */
  refuse(client: Client, code: ErrorCode, extraInfo: Value, nonce: Value | undefined, text?: string): void;
}

export function createReplies(clock: Clock, errorTallies: Readonly<Record<ErrorCode, Tally>>): Replies {
  return {
    answer({ codec, outbox }, event, d) {
      outbox.send(codec.encodeDispatch(event, d, clock.now()));
    },
    refuse({ codec, outbox }, code, extraInfo, nonce, text) {
      errorTallies[code].total++;
      const body = failure(code, extraInfo, text);
      outbox.send(codec.encodeFrame(Op.invalid, nonce === undefined ? body : { ...body, nonce }, clock.now(), null));
    },
  };
}
