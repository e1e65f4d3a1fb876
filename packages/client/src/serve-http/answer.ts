import type { IncomingCall } from "../call/incoming-call.ts";
import { createRequest } from "./request.ts";
import { streamBody } from "./request-body.ts";
import { readHead } from "./request-head.ts";
import { emptyAnswer, formatResponse } from "./response-messages.ts";
import type { HttpHandler } from "./serve-http.ts";

export interface AnswerParts {
  readonly handler: HttpHandler;
  /** Most bytes of one message. */
  readonly maxBytes: number;
  /** Reports a handler's mistake. */
  readonly failed: (thrown: unknown, name: string) => void;
}

/** What a request is answered with: a head alone, or messages. */
export async function answerRequest(call: IncomingCall, { handler, maxBytes, failed }: AnswerParts): Promise<unknown> {
  const messages = call.messages();
  const head = readHead((await messages.next()).value);
  if (head === null) return emptyAnswer(400);
  let request: Request;
  try {
    request = createRequest(head, call.delivery.end ? null : streamBody(messages), call.signal);
  } catch {
    return emptyAnswer(400);
  }
  try {
    return formatResponse(await handler(request), head.method, maxBytes);
  } catch (thrown) {
    // What was given up because nobody waits for it is no mistake of the handler's.
    if (!call.isLost) failed(thrown, `the handler of ${head.method} ${head.path.split("?", 1)[0]}`);
    return emptyAnswer(500);
  }
}
