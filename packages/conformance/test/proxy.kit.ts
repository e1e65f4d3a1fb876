/** Targets of the proxy, and clients that announce them. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type IdentifiedClient, identifiedClient } from "../src/identified.ts";
import type { Reachable } from "../src/start-server.ts";

/** A server behind the proxy, and the client that stands for it. */
export interface Target extends AsyncDisposable {
  readonly client: IdentifiedClient;
  /** Where the direct form reaches it. */
  readonly path: string;
}

export async function startTarget(server: Reachable, listener: RequestListener): Promise<Target> {
  const target = createServer(listener);
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  const ip = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  const client = await identifiedClient(server, { identify: { ip } });
  return {
    client,
    path: `/api/v1/proxy/${client.application}`,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      target.closeAllConnections();
      target.close();
      await once(target, "close");
    },
  };
}
