import { errors, Op } from "@singyeong/protocol";
import type { Codec } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import type { Outbox } from "../ports/outbox.ts";

/**
 * An outbox that says, before the next frame that there is room for, how many were dropped for want of it ([C-20]). Once
 * one was, there is room again when half of what waited has been taken: else every notice would take the room of a frame.
 * Before a frame that may not be dropped it is said at once; where there is no room for both, the connection ends.
 *
 * `onDropped` is told of each frame that is dropped here; those that the socket itself refuses, it counts.
 */
export function createTellingOutbox(
  outbox: Outbox,
  codec: Codec,
  clock: Clock,
  onDropped: () => void = () => {},
): Outbox {
  let dropped = 0;
  /** What waited when the first of them was. */
  let fullBytes = 0;

  function tell(mayDrop: boolean): boolean {
    const code = "limit/slow-consumer";
    const body = { error: errors[code].text, code, extra_info: { dropped } };
    if (!outbox.send(codec.encodeFrame(Op.invalid, body, clock.now(), null), mayDrop)) return false;
    dropped = 0;
    return true;
  }

  function drop(): false {
    if (dropped++ === 0) fullBytes = outbox.backlogBytes();
    return false;
  }

  return {
    send(frame, mayDrop = false) {
      if (mayDrop && dropped > 0 && outbox.backlogBytes() > fullBytes / 2) {
        onDropped();
        return drop();
      }
      return ((dropped === 0 || tell(mayDrop)) && outbox.send(frame, mayDrop)) || drop();
    },
    close: (code, reason) => outbox.close(code, reason),
    backlogBytes: () => outbox.backlogBytes(),
  };
}
