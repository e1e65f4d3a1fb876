import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page on an origin of its own. */
export interface StaticPage extends AsyncDisposable {
  readonly origin: string;
}

/** Serves one HTML page on a free loopback port. */
export async function servePage(html: string): Promise<StaticPage> {
  const server = createServer((_req, res) =>
    res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
