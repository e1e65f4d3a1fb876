import type { Messages } from "./message.ts";
import { quiet } from "./quiet.ts";

/** An object that is being loaded, of whose methods these are used, which give promises. With `next` in front it can be iterated over. */
export function lateObject<T extends object>(loading: T | Promise<T>, methods: readonly PropertyKey[]): T {
  const late: Record<PropertyKey, unknown> = {};
  for (const method of methods)
    late[method] = () => quiet((async () => ((await loading) as Record<PropertyKey, () => never>)[method]!())());
  if (methods[0] === "next") late[Symbol.asyncIterator] = () => late;
  return late as T;
}

/** Something to iterate over that is being loaded, and that `close` ends at once. */
export function lateStream<T extends Pick<Messages, "close">>(loading: Promise<T>, close: () => void): T {
  return Object.assign(lateObject(loading, ["next", "return", Symbol.asyncDispose]), { close });
}
