import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { ListenerOptions } from "../../ports/listener.ts";
import type { Outbox } from "../../ports/outbox.ts";

export interface NodeOutboxOptions
  extends Pick<ListenerOptions, "maxBacklogBytes" | "slowConsumer" | "onSlowConsumer" | "onDropped"> {
  readonly ws: WebSocket;
  /** The socket below, corked so that the frames of one turn of the event loop leave as one write. */
  readonly socket: Duplex;
  readonly binary: boolean;
}

/** The sending half of a connection of the `ws` library. */
export function createNodeOutbox(options: NodeOutboxOptions): Outbox {
  const { ws, socket, binary, maxBacklogBytes } = options;
  const kind = { binary, compress: false };
  let corked = false;
  let cut = false;

  function uncork(): void {
    corked = false;
    socket.uncork();
  }

  function refuse(mayDrop: boolean): false {
    if (mayDrop && options.slowConsumer === "drop") options.onDropped();
    else {
      cut = true;
      options.onSlowConsumer();
      setImmediate(() => ws.terminate());
    }
    return false;
  }

  return {
    send(frame, mayDrop = false) {
      if (cut || ws.readyState !== ws.OPEN) return false;
      if (ws.bufferedAmount + frame.length > maxBacklogBytes) return refuse(mayDrop);
      if (!corked) {
        corked = true;
        socket.cork();
        setImmediate(uncork);
      }
      ws.send(frame, kind);
      return true;
    },
    close(code, reason) {
      if (!cut) ws.close(code, reason);
    },
    backlogBytes: () => ws.bufferedAmount,
  };
}
