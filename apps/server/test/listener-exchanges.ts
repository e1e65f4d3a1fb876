import { once } from "node:events";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import type { Exchange, HeaderList, ResponseBody } from "../src/ports/listener.ts";
import type { Harness } from "./listener-harness.ts";

/** Begins a request; `answered` is for the head of its answer. */
export function send(port: number, options: RequestOptions = {}) {
  const sent = request({ host: "127.0.0.1", port, method: "POST", ...options });
  const answered = once(sent, "response").then(([response]) => response as IncomingMessage);
  // Who awaits the answer is told; who does not has cut the connection.
  answered.catch(() => {});
  return { sent, answered };
}

/** Asks over connections of its own, so that all that is under way elsewhere gets its turns. */
export async function askOften(server: Harness): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const { sent, answered } = send(server.port, { method: "GET", agent: false });
    sent.end();
    (await server.request()).respond(200, {}, "");
    (await answered).resume();
  }
}

/** Opens an answer, which its peer still waits for. */
export function openAnswer(
  exchange: Exchange,
  status: number,
  headers: HeaderList,
  length: number | null,
): ResponseBody {
  const body = exchange.open(status, headers, length);
  if (body === null) throw new Error("the peer has gone");
  return body;
}
