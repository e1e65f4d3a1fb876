import { misuse } from "../failure.ts";
import { dayMs, parseDuration } from "./duration.ts";

/** What can be completed in the place of a value: a fixed list, or something that is looked up. */
export type Completion = readonly string[] | "file" | "application" | "queue" | "context" | "command";

/** An option of a command, whose value is a `T`. Its name is the key under which the command lists it. */
export interface OptionSpec<T> {
  readonly summary: string;
  /** One letter. */
  readonly short?: string | undefined;
  /** Placeholder of its value in help; a flag has none. */
  readonly valueName?: string | undefined;
  readonly complete?: Completion | undefined;
  /** Whether it may be given again and again. */
  readonly repeatable: boolean;
  readonly fallback: T;
  /** The fallback as it is written on a command line, where it is worth saying. */
  readonly shownFallback?: string | undefined;
  /** Reads a value; `earlier` is what the option held before. Throws a `misuse` that says what was expected. */
  parse(text: string, earlier: T): T;
}

// biome-ignore lint/suspicious/noExplicitAny: options of one command hold values of many types.
export type OptionSpecs = Readonly<Record<string, OptionSpec<any>>>;

/** What a command gets: a value for each of its options. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never;
};

interface Extras {
  readonly short?: string;
  readonly complete?: Completion;
}

export function flag(summary: string, extras: Extras = {}): OptionSpec<boolean> {
  return { summary, ...extras, repeatable: false, fallback: false, parse: () => true };
}

export function text(valueName: string, summary: string, extras: Extras = {}): OptionSpec<string | undefined> {
  return { summary, ...extras, valueName, repeatable: false, fallback: undefined, parse: (value) => value };
}

/** Given once per item. */
export function list(valueName: string, summary: string, extras: Extras = {}): OptionSpec<readonly string[]> {
  const parse = (value: string, earlier: readonly string[]) => [...earlier, value];
  return { summary, ...extras, valueName, repeatable: true, fallback: [], parse };
}

/** Items separated by commas, given once or more. */
export function commaList(valueName: string, summary: string, extras: Extras = {}): OptionSpec<readonly string[]> {
  const parse = (value: string, earlier: readonly string[]) => [
    ...earlier,
    ...value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  ];
  return { summary, ...extras, valueName, repeatable: true, fallback: [], parse };
}

export function choice<const C extends readonly string[], F extends C[number] | undefined>(
  choices: C,
  fallback: F,
  summary: string,
  extras: Extras = {},
): OptionSpec<C[number] | F> {
  function parse(value: string): C[number] {
    if (choices.includes(value)) return value;
    throw misuse(`"${value}" is none of ${choices.join(", ")}`);
  }
  const valueName = choices.join("|");
  return {
    summary,
    complete: choices,
    ...extras,
    valueName,
    repeatable: false,
    fallback,
    shownFallback: fallback,
    parse,
  };
}

/** A whole number between bounds, both of which are allowed. */
export function count<F extends number | undefined>(
  fallback: F,
  [least, most]: readonly [number, number],
  summary: string,
  extras: Extras = {},
): OptionSpec<number | F> {
  function parse(value: string): number {
    const number = /^\d+$/.test(value.replaceAll("_", "")) ? Number(value.replaceAll("_", "")) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw misuse(`"${value}" is not a whole number from ${least} to ${most}`);
  }
  const shownFallback = fallback === undefined ? undefined : `${fallback}`;
  return { summary, ...extras, valueName: "n", repeatable: false, fallback, shownFallback, parse };
}

/** A time of up to so many days in milliseconds, written as `500ms`, `10s`, `2m`, `1d` or plain seconds. */
export function duration<F extends number | undefined>(
  fallback: F,
  summary: string,
  { days = 1, ...extras }: Extras & { readonly days?: number } = {},
): OptionSpec<number | F> {
  function parse(value: string): number {
    const ms = parseDuration(value, days * dayMs);
    if (ms !== null) return ms;
    throw misuse(`"${value}" is no time between 1ms and ${days === 1 ? "24h" : `${days}d`}: write 500ms, 10s or 2m`);
  }
  const shownFallback =
    fallback === undefined ? undefined : fallback % 1000 === 0 ? `${fallback / 1000}s` : `${fallback}ms`;
  return { summary, ...extras, valueName: "time", repeatable: false, fallback, shownFallback, parse };
}
