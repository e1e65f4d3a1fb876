import { reprint } from "./relay.ts";
import type { ControlSocket, Handler } from "./seat.ts";

/** Sends each frame to the other end at once. */
export function createPass(): Handler {
  const otherEnd = createPair();
  return (socket, frame, receivers) => {
    otherEnd(socket, receivers).send(frame, false);
  };
}

/** Parses and prints each frame before it does so. */
export function createParsedPass(): Handler {
  const otherEnd = createPair();
  return (socket, frame, receivers) => {
    otherEnd(socket, receivers).send(reprint(frame));
  };
}

/** Gathers frames per end and writes them at the end of the event loop's turn, each socket in one cork. */
export function createBatchedPass(): Handler {
  const otherEnd = createPair();
  const pending = new Map<ControlSocket, Buffer[]>();

  function flush(): void {
    for (const [socket, frames] of pending) {
      socket.cork(() => {
        for (const frame of frames) socket.send(frame, false);
      });
    }
    pending.clear();
  }

  return (socket, frame, receivers) => {
    const end = otherEnd(socket, receivers);
    // The library takes the frame's memory back after this call.
    const copy = Buffer.copyBytesFrom(new Uint8Array(frame));
    const frames = pending.get(end);
    if (frames !== undefined) return void frames.push(copy);
    if (pending.size === 0) setImmediate(flush);
    pending.set(end, [copy]);
  };
}

/** Finds the other end of a connection: there are one receiver and one other connection. */
function createPair(): (socket: ControlSocket, receivers: readonly ControlSocket[]) => ControlSocket {
  let caller: ControlSocket | null = null;
  return (socket, receivers) => {
    if (socket.getUserData().receiver >= 0) return caller!;
    caller = socket;
    return receivers[0]!;
  };
}
