import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Where the target of the captured requests was. */
export const capturedTarget = "127.0.0.1:45921";

/** A server that answers with what it was asked, as the one that was captured did. */
export interface ProxyTarget extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
}

/** Fields that tell of this very connection, or of a server's own port. */
const ofThisRun: ReadonlySet<string> = new Set(["connection", "via", "x-forwarded-host"]);

export async function startProxyTarget(): Promise<ProxyTarget> {
  const server = createServer((req, res) => void answer(req, res));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    if (req.url === "/redir") return void res.writeHead(302, { location: "/after" }).end();
    const named = Object.entries(req.headers).filter(([name]) => !ofThisRun.has(name));
    const headers = { ...Object.fromEntries(named), host: req.headers.host?.replace(address, capturedTarget) };
    res.writeHead(req.url === "/418" ? 418 : 200, { "content-type": "application/json" });
    res.end(JSON.stringify({ method: req.method, url: req.url, headers, body }));
  }

  return {
    address,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
