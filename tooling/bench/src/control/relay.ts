import type { ControlSocket, Handler } from "./seat.ts";

/** Parses and prints a frame, as any relay must that looks at what it passes on. */
export function reprint(frame: ArrayBuffer): string {
  return JSON.stringify(JSON.parse(Buffer.from(frame).toString()));
}

/** Sends each frame to the next receiver at once. */
export function createRelay(): Handler {
  let next = 0;
  return (_socket, frame, receivers) => {
    receivers[next]!.send(reprint(frame));
    next = (next + 1) % receivers.length;
  };
}

/** Sends each frame back to who sent it. */
export function createEcho(): Handler {
  return (socket, frame) => {
    socket.send(reprint(frame));
  };
}

/** Gathers frames per receiver and writes them at the end of the event loop's turn, each socket in one cork. */
export function createBatchedRelay(): Handler {
  let next = 0;
  const pending: string[][] = [];
  const dirty: number[] = [];

  function flush(receivers: readonly ControlSocket[]): void {
    for (const place of dirty) {
      const receiver = receivers[place]!;
      const frames = pending[place]!;
      pending[place] = [];
      receiver.cork(() => {
        for (const frame of frames) receiver.send(frame);
      });
    }
    dirty.length = 0;
  }

  return (_socket, frame, receivers) => {
    pending[next] ??= [];
    if (pending[next]!.push(reprint(frame)) === 1 && dirty.push(next) === 1) setImmediate(flush, receivers);
    next = (next + 1) % receivers.length;
  };
}
