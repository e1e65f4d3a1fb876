import { quiet } from "../messaging/quiet.ts";

/** What consumers do by promises; the first two are of those for loops. */
const methods = ["next", "return", "stop", "closed", Symbol.asyncDispose] as const;

/** A consumer that is being loaded; `more` are methods that it has beside the usual. */
export function lateConsumer<C extends object>(
  loading: C | Promise<C>,
  isHandled: boolean,
  more: readonly string[] = [],
): C {
  const consumer = (isHandled ? {} : { [Symbol.asyncIterator]: () => consumer }) as Record<PropertyKey, unknown>;
  for (const method of [...methods.slice(isHandled ? 2 : 0), ...more])
    consumer[method] = () => quiet((async () => ((await loading) as Record<PropertyKey, () => never>)[method]!())());
  return consumer as C;
}
