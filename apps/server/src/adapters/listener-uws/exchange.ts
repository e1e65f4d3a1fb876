import type { HttpRequest, HttpResponse } from "uWebSockets.js";
import { normalizeAddress } from "../../kernel/address.ts";
import { createByteCollector } from "../../kernel/byte-collector.ts";
import type { Exchange } from "../../ports/listener.ts";
import { reasonPhrase } from "./reason-phrase.ts";

const decoder = new TextDecoder();

/**
 * A request as an {@link Exchange}. The library's request is gone when its callback returns, so everything of it is
 * copied here; the body is gathered from the first byte on, because later would be too late.
 */
export function createUwsExchange(res: HttpResponse, req: HttpRequest, maxBodyBytes: number): Exchange {
  const method = req.getMethod().toUpperCase();
  const headers = new Map<string, string>();
  req.forEach((name, value) => {
    headers.set(name, value);
  });
  const body = gatherBody(res, maxBodyBytes, headers.has("content-length") || headers.has("transfer-encoding"));
  let gone = false;
  res.onAborted(() => {
    gone = true;
    body.abort();
  });
  return {
    method,
    path: req.getUrl(),
    query: req.getQuery() ?? "",
    peer: normalizeAddress(decoder.decode(res.getRemoteAddressAsText())),
    header: (name) => headers.get(name),
    body: body.read,
    get gone() {
      return gone;
    },
    respond(status, responseHeaders, text) {
      if (gone) return;
      gone = true;
      res.cork(() => {
        res.writeStatus(`${status} ${reasonPhrase(status)}`);
        for (const name of Object.keys(responseHeaders)) res.writeHeader(name, responseHeaders[name]!);
        if (method === "HEAD") endHead(res, Buffer.byteLength(text), body.complete());
        else res.end(text, !body.complete());
      });
    },
  };
}

/**
 * Answers HEAD. Given a length, the library waits for a body of that length and drops the connection at its next
 * request, so the length is written as a header of ours where the connection is to be kept.
 */
function endHead(res: HttpResponse, length: number, keepsConnection: boolean): void {
  if (!keepsConnection) return void res.endWithoutBody(length, true);
  res.writeHeader("content-length", String(length));
  res.endWithoutBody();
}

/** Gathers a body up to a bound; what comes after it is dropped. */
function gatherBody(res: HttpResponse, maxBodyBytes: number, announced: boolean) {
  const collector = createByteCollector(maxBodyBytes);
  let state: "open" | "complete" | "too-large" | "aborted" = announced ? "open" : "complete";
  let wake: (() => void) | null = null;

  function enter(next: typeof state): void {
    state = next;
    wake?.();
  }

  res.onData((chunk, isLast) => {
    if (state !== "open") return;
    if (!collector.add(new Uint8Array(chunk))) return enter("too-large");
    if (isLast) enter("complete");
  });

  return {
    abort: () => enter("aborted"),
    complete: () => state === "complete",
    async read(maxBytes: number): Promise<Uint8Array | null> {
      if (state === "open") await new Promise<void>((resolve) => (wake = resolve));
      if (state === "aborted") throw new Error("the peer went away before its request was whole");
      const bytes = collector.bytes();
      return state === "too-large" || bytes.byteLength > maxBytes ? null : bytes;
    },
  };
}
