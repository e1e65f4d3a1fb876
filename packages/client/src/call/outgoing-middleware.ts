import type { OutgoingCall as Draft, OutgoingMiddleware } from "./call.ts";
import { type CallRequest, type Listener, type OutgoingCall, Replaced } from "./outgoing-call.ts";
import type { PendingCall } from "./pending-call.ts";

/**
 * Sends a call through middleware. Messages go straight to the call; its end waits for what the middleware makes of it.
 * `requestOf` makes the request of the draft as the middleware left it, and throws what is wrong with it.
 */
export async function runOutgoing(
  middleware: readonly OutgoingMiddleware[],
  draft: Draft,
  call: PendingCall,
  outgoing: OutgoingCall,
  requestOf: (draft: Draft) => CallRequest | Promise<CallRequest>,
): Promise<void> {
  let last: { readonly value: unknown; readonly payload: unknown; readonly headers: unknown } | null = null;

  async function send(): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let latest: unknown;
    const listener: Listener = {
      get hasBegun() {
        return call.hasBegun;
      },
      message(payload, headers) {
        if (payload !== undefined) latest = payload;
        call.message(payload, headers);
      },
      ended(payload, headers) {
        try {
          const final = payload === undefined ? latest : payload;
          last = { value: final === undefined ? undefined : outgoing.read(final), payload, headers };
          resolve(last.value);
        } catch (error) {
          reject(error);
        }
      },
      failed: reject,
    };
    outgoing.start(listener, await requestOf(draft));
    return promise;
  }

  const run = async (index: number): Promise<unknown> =>
    index === middleware.length ? send() : middleware[index]!(draft, () => run(index + 1));

  try {
    const result = await run(0);
    const ended = last as { readonly value: unknown; readonly payload: unknown; readonly headers: unknown } | null;
    if (ended !== null && ended.value === result) call.ended(ended.payload, ended.headers);
    else call.ended(result === undefined ? undefined : new Replaced(result), ended?.headers);
  } catch (error) {
    call.failed(error);
  }
  // Where it still goes on, nobody waits for it any more.
  outgoing.cancel("the call was answered on its way");
}
