import type { ServerResponse } from "node:http";
import type { ResponseBody } from "../../ports/listener.ts";

/** A streamed body of up to `maxBytes`; a finite number of them is the length that was told. */
export function createNodeResponseBody(res: ServerResponse, maxBytes: number): ResponseBody {
  const isSized = Number.isFinite(maxBytes);
  let roomBytes = maxBytes;
  let isOpen = true;

  function cut(): void {
    if (!isOpen) return;
    isOpen = false;
    const { socket } = res;
    // Where the end of the connection is the end of the body, only a reset tells that something is missing.
    if (socket !== null && "resetAndDestroy" in socket && res.req.httpVersion === "1.0") socket.resetAndDestroy();
    res.destroy();
  }

  const body: ResponseBody = {
    onDrain: null,
    write(chunk) {
      if (!isOpen || res.destroyed) return true;
      const bytes = chunk.length > roomBytes ? chunk.subarray(0, roomBytes) : chunk;
      roomBytes -= bytes.length;
      return bytes.length === 0 ? !res.writableNeedDrain : res.write(bytes);
    },
    end() {
      if (isSized && roomBytes > 0) return cut();
      if (isOpen && !res.destroyed) res.end();
      isOpen = false;
    },
    cut,
  };
  res.on("drain", () => {
    if (isOpen) body.onDrain?.();
  });
  // The head does not wait for the first byte.
  setImmediate(() => {
    if (isOpen && !res.destroyed) res.flushHeaders();
  });
  return body;
}
