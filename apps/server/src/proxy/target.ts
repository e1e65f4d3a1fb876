import type { AnswerHandlers, Sending, TargetRequest } from "../ports/dialer.ts";
import type { Client } from "../registry/client.ts";

/** One way to one target: by dialling it, or over its connection. */
export interface Exchanger {
  send(request: TargetRequest, handlers: AnswerHandlers): Sending;
}

/** Clients that serve requests through their connection. */
export interface ServedClients {
  /** The way to a client that serves so now; `null` where it does not. */
  find(client: Client): Exchanger | null;
}
