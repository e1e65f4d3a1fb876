import { defaultCredit } from "@singyeong/protocol";
import type { OwnStream } from "../../stream/sink.ts";
import type { StreamMessage } from "../../stream/streams.ts";

/** Gives credit for what came of an answer: several messages at a time, and none while nobody takes them. */
export interface Returns {
  came(message: StreamMessage): void;
  pause(): void;
  resume(): void;
}

/** About what a frame has beside its message. */
const frameBytes = 64;

/** Never so little is held back that its sender would have to wait for it: neither half of the messages, nor a good part of the bytes. */
export function createReturns(stream: OwnStream, maxStreamBytes: number): Returns {
  let owed = 0;
  let owedBytes = 0;
  let isPaused = false;

  function give(): void {
    const n = owed;
    owed = 0;
    owedBytes = 0;
    if (n > 0) stream.credit(n);
  }

  return {
    came({ payload, headers }) {
      owed++;
      owedBytes += (payload?.length ?? 0) + (headers?.length ?? 0) + frameBytes;
      if (!isPaused && (owed * 2 >= defaultCredit || owedBytes * 4 >= maxStreamBytes)) give();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      give();
    },
  };
}
