import { createQueue } from "../channel/queue.ts";
import type { Handler, IncomingMiddleware } from "./call.ts";
import type { IncomingCall, Served } from "./incoming-call.ts";

/** Calls of one method, or of one relay, that are at work or wait. */
export interface Method extends Served {
  /** Begins with a call, or has it wait for its turn. */
  take(call: IncomingCall): void;
  /** Resolves once none is. */
  idle(): Promise<void>;
  /** How many are at work. */
  readonly size: number;
}

/** `begin` has a call carried out. */
export function createMethod(concurrency: number, begin: (call: IncomingCall) => void): Method {
  const waiting = createQueue<IncomingCall>(Number.POSITIVE_INFINITY);
  let atWork = 0;
  let idlers: (() => void)[] = [];

  function next(): void {
    while (waiting.size > 0 && atWork < concurrency) {
      const call = waiting.shift();
      atWork++;
      if (call.isLost) call.leave();
      else begin(call);
    }
  }

  const method: Method = {
    take(call) {
      call.served = method;
      if (atWork >= concurrency) return void waiting.push(call);
      atWork++;
      begin(call);
    },
    done() {
      atWork--;
      next();
      if (atWork > 0 || waiting.size > 0) return;
      const due = idlers;
      idlers = [];
      for (const run of due) run();
    },
    get size() {
      return atWork;
    },
    idle() {
      if (atWork === 0 && waiting.size === 0) return Promise.resolve();
      return new Promise((resolve) => idlers.push(resolve));
    },
  };
  return method;
}

/** A handler with middleware round it, the first outermost. */
export function wrapHandler(
  handler: Handler,
  middleware: readonly IncomingMiddleware[],
): (call: IncomingCall) => unknown {
  const plain = (call: IncomingCall): unknown => handler(call.input, call);
  return middleware.reduceRight<(call: IncomingCall) => unknown>(
    (inner, outer) => (call) => outer(call, () => inner(call)),
    plain,
  );
}
