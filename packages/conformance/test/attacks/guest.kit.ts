import { request } from "node:http";
import { WebSocket } from "ws";
import { identifyFrame } from "../../src/identified.ts";
import { createMailbox } from "../../src/mailbox.ts";
import type { Closed, Frame } from "../../src/raw-client.ts";
import type { Reachable } from "../../src/start-server.ts";

export interface GuestOptions {
  /** An address of this machine to come from, such as `127.0.0.7`. @default 127.0.0.1 */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody at the door: a WebSocket from an address and with headers of the test's choice, in JSON. */
export interface Guest {
  readonly socket: WebSocket;
  readonly closed: Promise<Closed>;
  send(frame: object): void;
  next(): Promise<Frame>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Resolves with a guest who was greeted, or with the status of the refusal; 0 where the connection was cut instead. */
export function knock(
  server: Reachable,
  { from = "127.0.0.1", headers = {} }: GuestOptions = {},
): Promise<Guest | number> {
  const url = `ws://127.0.0.1:${server.port}/gateway/websocket`;
  const socket = new WebSocket(url, { perMessageDeflate: false, localAddress: from, headers });
  const inbox = createMailbox<Frame>();
  socket.on("message", (data) => inbox.put(JSON.parse(String(data)) as Frame));
  const closed = new Promise<Closed>((resolve) => {
    socket.on("close", (code, reason) => {
      inbox.close(() => new Error(`the connection ended before a frame came: ${code}`));
      resolve({ code, reason: String(reason) });
    });
  });
  const guest: Guest = {
    socket,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    next: inbox.take,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode!);
      socket.terminate();
    });
    socket.on("error", () => resolve(0));
    socket.on("open", () => void inbox.take().then(() => resolve(guest)));
  });
}

/** As {@link knock}, where the door has to open. */
export async function enter(server: Reachable, options?: GuestOptions): Promise<Guest> {
  const guest = await knock(server, options);
  if (typeof guest === "number") throw new Error(`refused with ${guest}`);
  return guest;
}

/** What a guest is answered who identifies, and how the answer leaves it: op 2 is ready, op 8 the end. */
export async function identify(guest: Guest, application: string, id: string, more: object = {}): Promise<Frame> {
  guest.send(identifyFrame(application, id, more as Readonly<Record<string, unknown>>));
  return guest.next();
}

export interface Asked extends GuestOptions {
  readonly method?: string;
  readonly body?: string;
}

/** One HTTP request, its path sent as it is. */
export function askFrom(
  server: Reachable,
  path: string,
  { from = "127.0.0.1", headers = {}, method = "GET", body = "" }: Asked = {},
): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: server.port, path, method, headers, localAddress: from, agent: false };
    const asking = request(options as object, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on("error", reject);
    });
    asking.on("error", reject);
    asking.end(body);
  });
}
