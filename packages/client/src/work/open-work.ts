import type { StatusHub } from "../status/status-hub.ts";
import type { Consumer } from "./consumer.ts";
import { createHandler } from "./handler.ts";
import type { Grip, Hands } from "./hands.ts";
import type { Held } from "./held.ts";
import { createLoop, type Loop } from "./loop.ts";

/** What comes, one after the other, to whoever reads it. */
export interface WorkStream<T> extends Consumer, AsyncIterableIterator<T, undefined> {
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): WorkStream<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a consumer with these hands. */
export type OpenWork<H, C> = (createHands: (grip: Grip<H>) => Hands<H>) => C;

/** A consumer whose hands are a handler. */
export function handleWork<H extends Held, C extends Pick<Consumer, "stop" | "closed">>(
  handle: (held: H) => unknown,
  name: (held: H) => string,
  hub: Pick<StatusHub, "report">,
  open: OpenWork<H, C>,
): Consumer {
  const { stop, closed } = open((grip) => createHandler(handle, name, hub, grip));
  return { stop, closed, [Symbol.asyncDispose]: stop };
}

/** A consumer whose hands are the reader of a loop. */
export function iterateWork<H extends Held, C extends Pick<Consumer, "stop" | "closed">>(
  open: OpenWork<H, C>,
): WorkStream<H["item"]> {
  let loop: Loop<H>;
  const { stop, closed } = open((grip) => {
    loop = createLoop(grip);
    return loop;
  });
  async function leave(): Promise<IteratorResult<H["item"], undefined>> {
    loop.leave();
    await stop();
    return { done: true, value: undefined };
  }
  const stream: WorkStream<H["item"]> = {
    next: () => loop.next(),
    return: leave,
    stop,
    closed,
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => void (await leave()),
  };
  return stream;
}
