import type { IncomingMessage, ServerResponse } from "node:http";
import { normalizeAddress } from "../../kernel/address.ts";
import { createByteCollector } from "../../kernel/byte-collector.ts";
import type { Exchange } from "../../ports/listener.ts";

/** A `node:http` request as an {@link Exchange}. */
export function createNodeExchange(req: IncomingMessage, res: ServerResponse): Exchange {
  const [path = "", query = ""] = splitOnce(req.url ?? "/", "?");
  return {
    method: req.method ?? "GET",
    path,
    query,
    peer: normalizeAddress(req.socket.remoteAddress ?? ""),
    header(name) {
      const value = req.headers[name];
      const text = Array.isArray(value) ? value.join(", ") : value;
      // Node reads header bytes as Latin-1; clients write UTF-8.
      return text === undefined ? undefined : Buffer.from(text, "latin1").toString("utf8");
    },
    body: (maxBytes) => readBody(req, maxBytes),
    get gone() {
      return res.destroyed;
    },
    respond(status, headers, body) {
      if (res.writableEnded || res.destroyed) return;
      // A body that was not read to its end leaves the connection unusable for a next request.
      if (!req.complete) res.shouldKeepAlive = false;
      res.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
    },
  };
}

async function readBody(req: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const body = createByteCollector(maxBytes);
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (!body.add(chunk)) return null;
  }
  return body.bytes();
}

export function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
