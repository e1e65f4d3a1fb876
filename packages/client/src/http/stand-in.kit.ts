/** A server that answers as it is told, where the real one has no such answer. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StandIn extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly address: string;
}

/** Listens on a free loopback port. `answer` gets the request with its whole body. */
export function startStandIn(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<StandIn> {
  return startStreamingStandIn(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(request, response, Buffer.concat(chunks).toString("utf8"));
  });
}

/** As `startStandIn`; `answer` reads the body itself. */
export async function startStreamingStandIn(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<StandIn> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
