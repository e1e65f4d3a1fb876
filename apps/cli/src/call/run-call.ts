import type { CallOptions, Client, Query, Status } from "@singyeong/client";
import type { Outcome } from "../exit-codes.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";
import { watchStatus } from "../watch/watch-status.ts";
import { createAnswerPrinter } from "./answer-printer.ts";
import type { CallInput, InputForm } from "./call-input.ts";
import { explainCall } from "./explain-call.ts";

export interface CallRequest {
  readonly target: Query;
  readonly method: string;
  readonly input: CallInput;
  readonly form: InputForm;
  /** Whether headers and trailers are shown, too. */
  readonly include: boolean;
  readonly options: CallOptions;
}

const connectionStatus: ReadonlySet<Status["type"]> = new Set(["disconnected", "connected", "missed"]);

/**
 * Calls, and prints every message of the answer as it comes. Ctrl-C cancels the call, and so does the reader of standard output
 * who goes.
 * @throws Failure what the call failed with, or its input
 */
export async function runCall(session: Session, client: Client, request: CallRequest): Promise<Outcome> {
  const { out, progress, system } = session;
  const { target, method, form, include, options } = request;
  const signal = AbortSignal.any([system.interrupted, system.outputGone]);
  const count = { sent: 0, received: 0 };
  const printer = createAnswerPrinter(out, form);
  let inputFailure: unknown;

  function showProgress(): void {
    // On a terminal the answers themselves tell how far it is.
    if (form.stream && out.columns === null)
      progress.show(() => `${plural(count.sent, "message")} sent, ${count.received} received`);
  }

  /** Counts what is sent, and keeps why it could not be read. */
  async function* follow(messages: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
    try {
      for await (const message of messages) {
        count.sent++;
        showProgress();
        yield message;
      }
    } catch (error) {
      inputFailure = error;
      throw error;
    }
  }

  function tell(what: "headers" | "trailers", headers: Readonly<Record<string, string>>): void {
    const entries = Object.entries(headers);
    if (out.json && entries.length > 0) out.record({ [what]: headers });
    else if (include)
      for (const [name, value] of entries) out.note(`${out.paintNote("name", escapeText(name))}: ${escapeText(value)}`);
  }

  // A call waits for the connection to come back. Programs get one line of what it failed with, and no others.
  if (!out.json) void watchStatus(client, session, { only: connectionStatus });
  const input = request.input.type === "one" ? request.input.value : follow(request.input.messages);
  const call = client.call(target, method, input, { ...options, signal });
  try {
    for await (const message of call) {
      if (count.received++ === 0) tell("headers", await call.headers);
      printer.print(message);
      showProgress();
      await out.ready();
    }
    if (count.received === 0) tell("headers", await call.headers);
    printer.end();
    tell("trailers", await call.trailers);
    return "ok";
  } catch (error) {
    printer.end();
    throw explainCall(inputFailure ?? error, client);
  }
}
