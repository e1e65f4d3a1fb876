import { createServer } from "node:http";
import { announce } from "./announce.ts";

/** What a benchmark's requests are passed on to: answers `/N` with N bytes. */
export function serveTarget(): void {
  const bodies = new Map<string, Buffer>();
  const server = createServer({ keepAliveTimeout: 600_000 }, (req, res) => {
    let body = bodies.get(req.url!);
    if (body === undefined) {
      body = Buffer.alloc(Number(/\d+$/.exec(req.url!)?.[0]), "x");
      bodies.set(req.url!, body);
    }
    res.writeHead(200, { "content-type": "text/plain", "content-length": body.length }).end(body);
  });
  announce(server);
}
