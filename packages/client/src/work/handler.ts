import { handlerThrew, type StatusHub } from "../status/status-hub.ts";
import type { Grip, Hands } from "./hands.ts";
import type { Held } from "./held.ts";

/** Hands something over as soon as it comes: acknowledged when the handler is done with it, refused where it throws. `name` names the handler, as it is reported. */
export function createHandler<H extends Held>(
  handle: (held: H) => unknown,
  name: (held: H) => string,
  { report }: Pick<StatusHub, "report">,
  grip: Grip<H>,
): Hands<H> {
  async function work(held: H): Promise<void> {
    try {
      await handle(held);
    } catch (cause) {
      // What was given up because it is lost is no mistake of the handler's.
      if (held.lost === null || cause !== held.lost) report(handlerThrew(cause, name(held)));
      return grip.settle(held, "nack");
    }
    grip.settle(held, "ack");
  }

  return {
    take: (held) => void work(held),
    stop: () => {},
    end: () => {},
  };
}
