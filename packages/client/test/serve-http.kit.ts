/** Servers, clients that serve requests over their connections, and requests to them by the proxy. */
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { compose, loadConfig } from "@singyeong/server";
import { afterEach } from "vitest";
import type { Client } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import type { ConnectOptions } from "../src/options/options.ts";
import type { HttpHandler, HttpService, ServeHttpOptions } from "../src/serve-http/serve-http.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export function atTheEnd(end: () => Promise<unknown>): void {
  ends.push(end);
}

/** Resolves with its address. */
export async function startServer(...flags: readonly string[]): Promise<string> {
  const given = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent", ...flags];
  const loaded = loadConfig(given, {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  ends.push(() => server.kill());
  return `127.0.0.1:${await server.listen()}`;
}

export interface Serving {
  readonly client: Client;
  readonly service: HttpService;
  readonly reports: readonly string[];
}

/** A client of the application `api` that serves. */
export async function serve(
  address: string,
  handler: HttpHandler,
  options: ConnectOptions = {},
  serveOptions?: ServeHttpOptions,
): Promise<Serving> {
  const client = await connect({ servers: address, app: "api", ...options });
  ends.push(() => client.close());
  const reports: string[] = [];
  client.on("error", ({ error }) => void reports.push(error.message));
  const service = client.serveHttp(handler, serveOptions);
  await service.serving();
  return { client, service, reports };
}

/** Asks by the proxy, as `fetch` does. */
export function ask(address: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://${address}/api/v1/proxy/api${path}`, { redirect: "manual", ...init });
}

/** Asks by Node.js's own client, whose answer has headers as they came; `write` sends the body. */
export function askPlainly(
  address: string,
  path: string,
  { method = "GET", headers = {} }: { readonly method?: string; readonly headers?: OutgoingHttpHeaders } = {},
  write: (body: ReturnType<typeof request>) => void = (body) => void body.end(),
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address}/api/v1/proxy/api${path}`, { method, headers, agent: false }, resolve);
    asked.on("error", reject);
    write(asked);
  });
}

export async function readText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
