import { misuse } from "../failure.ts";

/** Headers as they are written: `name: value`, or `name=value`. */
export function readHeaders(items: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.map((item) => {
      const [, name, value] = /^([^:=\s][^:=]*)(?::\s*|=)(.*)$/s.exec(item) ?? [];
      if (name === undefined || value === undefined) throw misuse(`--header "${item}": expected "name: value"`);
      return [name.trim(), value];
    }),
  );
}
