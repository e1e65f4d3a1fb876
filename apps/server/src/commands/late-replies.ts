import { type ErrorCode, Op, type Value } from "@singyeong/protocol";
import type { Raw } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import type { Tally } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import { failure } from "./failure.ts";

/** Answers of commands that wait for something, such as the disk. To a client that has gone they say nothing. */
export interface LateReplies {
  /** A dispatch; `d` is raw in the client's codec. */
  answer(client: Client, event: string, d: Raw): void;
  /** Op 3, with the nonce of what is refused; `undefined` is none. */
  refuse(client: Client, code: ErrorCode, extraInfo: Value, nonce: Value | undefined): void;
}

export function createLateReplies(clock: Clock, errorTallies: Readonly<Record<ErrorCode, Tally>>): LateReplies {
  return {
    answer({ codec, outbox }, event, d) {
      outbox.send(codec.encodeDispatch(event, d, clock.now()));
    },
    refuse({ codec, outbox }, code, extraInfo, nonce) {
      errorTallies[code].total++;
      const body = failure(code, extraInfo);
      outbox.send(codec.encodeFrame(Op.invalid, nonce === undefined ? body : { ...body, nonce }, clock.now(), null));
    },
  };
}
