import type { IncomingMessage, ServerResponse } from "node:http";
import { normalizeAddress } from "../../kernel/address.ts";
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
      return Array.isArray(value) ? value.join(", ") : value;
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
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
