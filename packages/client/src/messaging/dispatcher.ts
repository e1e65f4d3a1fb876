import { Op } from "@singyeong/protocol";
import type { Frame } from "../codec/wire-codec.ts";
import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import type { SingyeongError } from "../errors.ts";
import { fieldsOf, readFailure } from "../session/answers.ts";
import type { Link } from "../session/link.ts";
import type { Exchange } from "./exchange.ts";
import type { Message } from "./message.ts";
import type { Arrival } from "./received-message.ts";
import { requestHeader } from "./reply-address.ts";
import { checkPayload } from "./schema-check.ts";

/** Where what the server dispatches goes. */
export interface Destinations {
  readonly exchange: Exchange;
  /** What the nonces of answers to our requests begin with. */
  readonly answerPrefix: string;
  /** What this client's application declared; `null` where it declared nothing. */
  readonly declared: Application<Contract> | null;
  /** A message that answers nothing of ours. */
  message(arrival: Arrival): void;
  presence(type: "joined" | "left", app: string, id: string): void;
  /** A refusal that nobody waits for. */
  report(error: SingyeongError): void;
}

/** What takes the events of a name, and the connection that they came on. Without a prototype: the names are the server's. */
export type Routes = Record<string, (frame: Frame, link?: Link | null) => void>;

/**
 * Sorts dispatches and refusals by whom they are for. Events without a route are passed over; parts of the client that
 * are loaded late add theirs to `routes`.
 */
export function createDispatcher(to: Destinations, routes: Routes): (frame: Frame, link?: Link | null) => void {
  const { exchange } = to;

  function deliver(event: Message["event"], frame: Frame): void {
    const { payload, nonce, headers } = fieldsOf(frame);
    if (typeof nonce === "string" && !isRequest(headers)) {
      if (exchange.awaits(nonce)) return void exchange.answer(nonce, { event, frame, payload });
      // An answer that nobody waits for any more.
      if (nonce.startsWith(to.answerPrefix)) return;
    }
    const checked = checkPayload(to.declared, payload);
    if (checked.ok) to.message({ event, frame, payload: checked.payload });
    else to.report(checked.error);
  }

  function refuse(frame: Frame): void {
    const error = readFailure(frame);
    const { nonce } = fieldsOf(frame);
    if (typeof nonce !== "string" || !exchange.refuse(nonce, error)) to.report(error);
  }

  const settling = (settle: Exchange["answer"]) => (frame: Frame) => {
    const d = fieldsOf(frame);
    if (typeof d.nonce === "string") settle(d.nonce, d);
  };

  Object.assign(routes, {
    SEND: (frame) => deliver("SEND", frame),
    BROADCAST: (frame) => deliver("BROADCAST", frame),
    DISPATCHED: settling(exchange.receipt),
    METADATA_UPDATED: settling(exchange.receipt),
    QUERY_NODES: settling(exchange.answer),
    CLIENT_CONNECTED: (frame) => tell("joined", frame),
    CLIENT_DISCONNECTED: (frame) => tell("left", frame),
  } satisfies Routes);

  function tell(type: "joined" | "left", frame: Frame): void {
    const { app, client_id: id } = (fieldsOf(frame).payload ?? {}) as { app?: unknown; client_id?: unknown };
    if (typeof app === "string" && typeof id === "string") to.presence(type, app, id);
  }

  return (frame, link) => {
    if (frame.op === Op.invalid) return refuse(frame);
    routes[frame.t as string]?.(frame, link);
  };
}

/** A request that found its own sender, who may match like anyone. */
function isRequest(headers: unknown): boolean {
  return typeof headers === "object" && headers !== null && Object.hasOwn(headers, requestHeader);
}
