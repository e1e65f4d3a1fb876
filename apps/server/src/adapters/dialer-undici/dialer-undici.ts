import { lookup } from "node:dns/promises";
import type { Clock } from "../../ports/clock.ts";
import type { Dialer, DialerOptions } from "../../ports/dialer.ts";
import { createPools } from "./pools.ts";
import { sendThrough } from "./send-through.ts";

/** Reaches HTTP/1.1 servers by undici, a pool of connections to each. */
export function createUndiciDialer({ connectMs }: DialerOptions, clock: Clock): Dialer {
  const pools = createPools(connectMs, clock);

  function resolve(name: string): Promise<readonly string[]> {
    return new Promise((settle, reject) => {
      const callOff = clock.after(connectMs, () => reject(new Error(`${name}: no answer in ${connectMs} ms`)));
      lookup(name, { all: true })
        .then((found) => settle(found.map(({ address }) => address)), reject)
        .finally(callOff);
    });
  }

  return {
    resolve,
    send: (target, request, handlers) => sendThrough(pools.take(target), request, handlers),
    close: pools.close,
  };
}
