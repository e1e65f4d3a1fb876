import type { SingyeongError } from "../errors.ts";
import type { Target } from "../query/query.ts";
import type { CallHeaders, Relay, RelayTarget } from "./call.ts";
import { callbacksHeader } from "./callbacks.ts";
import type { Caller } from "./caller.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { createInflow, type Inflow } from "./inflow.ts";
import type { Listener } from "./outgoing-call.ts";
import { plainForm } from "./payload-codecs.ts";
import type { Stream } from "./stream.ts";

/** Where a call is passed on to. */
export interface Destination {
  readonly target: Target<never> | null;
  readonly over: Stream | null;
  /** As they are sent. */
  readonly headers: unknown;
}

/** Asks a relay where a call goes, and passes it on. */
export async function relayCall(call: IncomingCall, caller: Caller, relay: Relay): Promise<void> {
  try {
    const { method, from, headers } = call;
    const to = readTarget(await relay.to({ method, from, headers }));
    if (call.isLost) return call.leave();
    const names = (call.delivery.headers as CallHeaders | null | undefined)?.[callbacksHeader];
    const given = to.headers ?? headers;
    passCall(call, caller, {
      target: to.target,
      over: null,
      headers: names === undefined ? given : { ...given, [callbacksHeader]: names },
    });
  } catch (thrown) {
    call.refuse(thrown);
  }
}

function readTarget(
  to: RelayTarget,
): Exclude<RelayTarget, string> & { readonly target: never; readonly headers?: CallHeaders } {
  const isWrapped = typeof to === "object" && "target" in to;
  return (isWrapped ? to : { target: to }) as never;
}

/** Opens the same call elsewhere, and passes on what either side says, unread, as the other one takes it. */
export function passCall(call: IncomingCall, caller: Caller, { target, over, headers }: Destination): void {
  const { delivery } = call;
  const { method, end, payload, credit, codec, deadlineMs } = delivery;
  const outgoing = caller.prepare({
    signal: call.signal,
    credit,
    codec: codec ?? undefined,
    deadlineMs: deadlineMs === null ? undefined : Math.max(1, Math.ceil(call.deadlineMs!)),
  });
  let inflow: Inflow | null = null;
  let last: unknown;

  /** The messages of the callee, its last one as what it returns. */
  function open(): Inflow {
    const opened = createInflow(
      {
        read: (each) => each,
        taken: (count, soon) => outgoing.taken(count, soon),
        starved: () => outgoing.starved(),
        left: () => outgoing.cancel(),
      },
      outgoing.hastyBytes,
    );
    const next = async (): Promise<IteratorResult<unknown>> => {
      const result = await opened.next();
      return result.done ? { done: true, value: last } : result;
    };
    call.answer({ [Symbol.asyncIterator]: () => ({ next, return: () => opened.return() }) });
    return opened;
  }

  const listener: Listener = {
    hasBegun: true,
    message(each, said) {
      if (said != null) call.setHeaders(said as CallHeaders);
      if (each === undefined) return outgoing.taken(1, true);
      inflow ??= open();
      inflow.push(each);
    },
    ended(each, said) {
      if (said != null) call.setTrailers(said as CallHeaders);
      last = each;
      if (inflow === null) call.answer(each);
      else inflow.end();
    },
    failed: (error) => call.failedElsewhere(error as SingyeongError),
  };
  outgoing.start(listener, {
    target,
    over,
    method,
    input: end ? payload : call.messages(),
    headers: (headers ?? undefined) as CallHeaders | undefined,
    options: outgoing.options,
    form: plainForm,
    checkInput: null,
    checkResult: null,
  });
  if (outgoing.stream !== null) outgoing.stream.passes = call.stream;
}
