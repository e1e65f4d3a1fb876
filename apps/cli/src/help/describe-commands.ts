import type { Command } from "../command.ts";
import { commands } from "../command-table.ts";
import { misuse } from "../failure.ts";
import { globalOptions } from "../options/global-options.ts";
import type { OptionSpecs } from "../options/option.ts";
import { optionName } from "../program.ts";

/** Commands and options for programs: all of them, or the command that `path` leads to. @throws Failure `cli/misuse` */
export function describeCommands(path: readonly string[]): object {
  if (path.length === 0) return { commands: commands.map(describe), options: describeOptions(globalOptions) };
  let among: readonly Command[] | undefined = commands;
  let found: Command | undefined;
  for (const name of path) {
    found = among?.find((command) => command.name === name);
    among = found?.subcommands;
  }
  if (found === undefined) throw misuse(`there is no command "${path.join(" ")}"`, "sg help lists the commands.");
  return describe(found);
}

function describe({ name, summary, details, arguments: args, options, examples, subcommands }: Command): object {
  return {
    name,
    summary,
    details: details ?? [],
    arguments: args.map(({ name, summary, required = false, variadic = false }) => ({
      name,
      summary,
      required,
      variadic,
    })),
    options: describeOptions(options),
    examples,
    ...(subcommands && { commands: subcommands.map(describe) }),
  };
}

function describeOptions(options: OptionSpecs): readonly object[] {
  return Object.entries(options).map(([key, { short, valueName, summary, shownFallback, repeatable }]) => ({
    name: `--${optionName(key)}`,
    ...(short !== undefined && { short: `-${short}` }),
    ...(valueName !== undefined && { value: valueName }),
    summary,
    ...(shownFallback !== undefined && { default: shownFallback }),
    repeatable,
  }));
}
