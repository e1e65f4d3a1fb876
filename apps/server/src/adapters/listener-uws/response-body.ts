import type { HttpResponse } from "uWebSockets.js";
import type { ResponseBody } from "../../ports/listener.ts";
import type { Wire } from "./wire.ts";

export interface UwsResponseBodyOptions {
  readonly res: HttpResponse;
  readonly wire: Wire;
  /** Bytes that the body may have. */
  readonly maxBytes: number;
  /** Whether nothing is written before the next turn. */
  readonly writesLater: boolean;
  /** Writes status and headers; called corked, once, before any byte. */
  writeHead(): void;
  /** The answer is complete; `isLingering` where `res` may still be touched. */
  finished(isLingering: boolean): void;
  /** Ends the connection. */
  cut(): void;
  /** The socket is full: the library now asks for more of the request's body as well. */
  blocked(): void;
}

/** A body under way, with what its exchange has to know of it. */
export interface UwsResponseBody extends ResponseBody {
  /** The peer has gone. */
  abandon(): void;
  /** Tries whether there is room again. */
  retry(): void;
  /** True while the peer is to read. */
  readonly isBlocked: boolean;
  /** How much the peer has read, at least; counts up. */
  readonly progressBytes: number;
}

/** What a full socket has taken at least when there is room again. */
const readBytes = 1024;

/** Makes a body over a wire: it keeps what the socket does not take, and says when there is room again. */
export function createUwsResponseBody(options: UwsResponseBodyOptions): UwsResponseBody {
  const { res, wire } = options;
  const waiting: Uint8Array[] = [];
  let roomBytes = options.maxBytes;
  let state: "open" | "ending" | "over" = "open";
  let isBlocked = false;
  let hasHead = false;
  let progressBytes = 0;
  let isLingering = false;
  let isPumpDue = false;
  /** Somebody was told to wait. */
  let owesDrain = false;

  function enterOver(): void {
    state = "over";
    waiting.length = 0;
  }

  function complete(): void {
    enterOver();
    options.finished(isLingering);
  }

  function abort(): void {
    owesDrain = false;
    enterOver();
    options.cut();
  }

  function writeHead(): void {
    if (hasHead) return;
    hasHead = true;
    options.writeHead();
  }

  /** Puts down what waits until the socket is full, then the end. */
  function pump(isTrial = false): void {
    writeHead();
    while (waiting.length > 0 && !isBlocked) {
      const bytes = waiting[0]!;
      const { rest, isFull, isDone } = wire.put(bytes, isTrial);
      if (isDone) return complete();
      progressBytes += bytes.length - (rest?.length ?? 0);
      if (rest === null) waiting.shift();
      else waiting[0] = rest;
      isBlocked = isFull;
      if (isFull) options.blocked();
    }
    if (state !== "ending" || waiting.length > 0) return;
    const outcome = wire.finish();
    if (outcome === "early") return abort();
    isLingering = outcome === "lingering";
    complete();
  }

  function requestPump(): void {
    if (!options.writesLater) return void res.cork(() => pump());
    if (isPumpDue) return;
    isPumpDue = true;
    setImmediate(() => {
      isPumpDue = false;
      if (state === "over") return;
      res.cork(() => pump());
      askForMore();
    });
  }

  function advance(isTrial: boolean): void {
    // Has the library send what it holds.
    res.cork(() => {});
    if (!isBlocked) return;
    isBlocked = false;
    if (waiting.length > 0) res.cork(() => pump(isTrial));
    askForMore();
  }

  /** There is room again, or the library asks for no reason. */
  function writable(): boolean {
    if (state === "over" && !isLingering) return true;
    if (isBlocked) progressBytes += readBytes;
    advance(false);
    return true;
  }

  function askForMore(): void {
    if (!owesDrain || isBlocked) return;
    owesDrain = false;
    body.onDrain?.();
  }

  function begin(): void {
    if (hasHead || state === "over") return;
    res.cork(() => {
      writeHead();
      wire.begin();
    });
  }

  const body: UwsResponseBody = {
    onDrain: null,
    write(chunk) {
      if (state !== "open") return true;
      const bytes = chunk.length > roomBytes ? chunk.subarray(0, roomBytes) : chunk;
      roomBytes -= bytes.length;
      if (bytes.length > 0) {
        waiting.push(bytes);
        if (!isBlocked) requestPump();
      }
      owesDrain = isBlocked || isPumpDue;
      return !owesDrain;
    },
    end() {
      if (state !== "open") return;
      state = "ending";
      if (!isBlocked || waiting.length === 0) requestPump();
    },
    cut() {
      if (state !== "over") abort();
    },
    abandon() {
      isLingering = false;
      owesDrain = false;
      enterOver();
    },
    retry() {
      if (state !== "over" || isLingering) advance(true);
    },
    get isBlocked() {
      return isBlocked;
    },
    get progressBytes() {
      return progressBytes;
    },
  };

  res.onWritable(writable);
  setImmediate(begin);
  return body;
}
