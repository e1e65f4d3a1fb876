import type { CallContext } from "@singyeong/client";

/** The header that says what of the arguments are functions of the caller, which is not for it to get back. */
const callbackHeader = "callbacks";

/** Answers a call with its own messages and headers. */
export async function* echo(context: CallContext): AsyncGenerator<unknown, void> {
  const { [callbackHeader]: _, ...headers } = context.headers;
  context.setHeaders(headers);
  yield* context.messages();
}
