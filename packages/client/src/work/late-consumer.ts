import { atLeastOne } from "../messaging/at-least-one.ts";
import type { Late } from "../messaging/late.ts";
import { lateObject } from "../messaging/late-object.ts";

/**
 * A consumer of a part that is loaded late. Of its arguments the last are options, and the first is a handler, if there is one: such a consumer cannot be iterated
 * over. `more` are methods that it has beside the usual.
 * @throws `client/invalid-options`
 */
export function lateConsumer<T, C extends object>(
  late: Late<T>,
  args: readonly unknown[],
  open: Parameters<Late<T>>[0],
  ...more: readonly string[]
): C {
  atLeastOne("concurrency", (args.at(-1) as { readonly concurrency?: number } | undefined)?.concurrency ?? 1);
  return lateObject(late(open) as C | Promise<C>, [
    ...(typeof args[0] === "function" ? [] : ["next", "return"]),
    "stop",
    "closed",
    Symbol.asyncDispose,
    ...more,
  ]);
}
