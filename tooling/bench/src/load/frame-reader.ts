import { frameEnd, payloadStart } from "./frame.ts";

/** Told of a whole frame's payload, which lies in `bytes` from `start` to `end` and is only read during the call. */
export type FrameListener = (bytes: Buffer, start: number, end: number) => void;

/** Reads one connection's text frames; call what it returns with each chunk, which is only read during that call. */
export function createFrameReader(onFrame: FrameListener): (chunk: Buffer) => void {
  let held: Buffer | null = null;
  return (received) => {
    const chunk = held === null ? received : Buffer.concat([held, received]);
    held = null;
    for (let at = 0; at < chunk.length; ) {
      const end = frameEnd(chunk, at);
      if (end < 0 || end > chunk.length) {
        held = Buffer.from(chunk.subarray(at));
        return;
      }
      onFrame(chunk, payloadStart(chunk, at), end);
      at = end;
    }
  };
}
