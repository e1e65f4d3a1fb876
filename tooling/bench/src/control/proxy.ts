import { createServer } from "node:http";
import { Pool } from "undici";
import { announce } from "./announce.ts";

/** Headers of one hop (RFC 9110, 7.6.1), which a proxy does not pass on. */
const hopHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The least that is a reverse proxy: `node:http` before, a pool of undici behind, bodies streamed both ways, headers of
 * the connection left out, the client's address added. Nobody is looked for, checked or counted.
 */
export function serveProxy(port: number): void {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1 });
  const server = createServer({ keepAliveTimeout: 600_000 }, (req, res) => {
    const headers: Record<string, string | string[] | undefined> = {
      ...keepEndToEnd(req.headers),
      "x-forwarded-for": req.socket.remoteAddress,
      "x-forwarded-proto": "http",
      "x-forwarded-host": req.headers.host,
    };
    const method = req.method as "GET";
    const hasBody = req.headers["content-length"] !== undefined || req.headers["transfer-encoding"] !== undefined;
    pool
      .stream({ path: req.url!, method, headers, body: hasBody ? req : null }, ({ statusCode, headers }) => {
        res.writeHead(statusCode, keepEndToEnd(headers));
        return res;
      })
      .catch(() => res.destroy());
  });
  announce(server);
}

function keepEndToEnd(headers: NodeJS.Dict<string | string[]>): Record<string, string | string[] | undefined> {
  const kept: Record<string, string | string[] | undefined> = {};
  for (const name in headers) if (!hopHeaders.has(name)) kept[name] = headers[name];
  return kept;
}
