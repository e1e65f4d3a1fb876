import type { Outcome } from "./exit-codes.ts";
import type { Completion, OptionSpecs, OptionValues } from "./options/option.ts";
import type { Session } from "./session.ts";

/** One command of `sg`: what its help says, what it takes, and what it does. */
export interface Command {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  /** Paragraphs for its help. */
  readonly details?: readonly string[];
  readonly arguments: readonly Argument[];
  readonly options: OptionSpecs;
  readonly examples: readonly Example[];
  /** Where it has these, they do the work, and it has no `run`. */
  readonly subcommands?: readonly Command[];
  /** True where the options of every command do not apply. */
  readonly standsAlone?: boolean;
  /** True where Ctrl-C is how it ends: then `run` looks at the session's signal itself. */
  readonly endsOnInterrupt?: boolean;
  /** Does the work; resolves with how it went, `ok` where it says nothing. */
  run?(
    session: Session,
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<Outcome | undefined>;
}

export const commandGroups = {
  messages: "Send and receive",
  look: "Look into a server",
  server: "Run and check a server",
  self: "sg itself",
} as const;

export type CommandGroup = keyof typeof commandGroups;

export interface Argument {
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly complete?: Completion;
}

/** A line to copy, and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

interface Definition<O extends OptionSpecs> extends Omit<Command, "options" | "run" | "arguments"> {
  readonly arguments?: readonly Argument[];
  readonly options?: O;
  run?(session: Session, args: readonly string[], options: OptionValues<O>): Promise<Outcome | undefined>;
}

/** A command whose options have their types. */
export function defineCommand<O extends OptionSpecs>(definition: Definition<O>): Command {
  const { arguments: args = [], options = {}, run, ...rest } = definition;
  const typed = run as Command["run"];
  return { ...rest, arguments: args, options, ...(typed && { run: typed }) };
}
