import { Argument, CommanderError, Option, Command as Parser } from "commander";
import type { Command } from "./command.ts";
import { Failure, misuse } from "./failure.ts";
import { type GlobalOptions, globalOptions } from "./options/global-options.ts";
import type { OptionSpec, OptionSpecs } from "./options/option.ts";

/** What a command line asks for. */
export type Request =
  | {
      readonly type: "run";
      readonly command: Command;
      readonly args: readonly string[];
      readonly options: Readonly<Record<string, unknown>>;
      readonly global: GlobalOptions;
    }
  | { readonly type: "help"; readonly path: readonly string[] };

/** Reads a command line. @throws Failure `cli/misuse` that says what is wrong with it, and where help is */
export function parseCommandLine(commands: readonly Command[], argv: readonly string[]): Request {
  let request: Request = { type: "help", path: [] };
  const program = createParser("sg", globalOptions);

  function add(parent: Parser, command: Command, path: readonly string[]): void {
    const parser = createParser(command.name, command.options);
    parser.description(command.summary);
    for (const { name, required, variadic } of command.arguments) {
      const shown = variadic ? `${name}...` : name;
      parser.addArgument(new Argument(required ? `<${shown}>` : `[${shown}]`));
    }
    for (const each of command.subcommands ?? []) add(parser, each, [...path, each.name]);
    // Without an action commander itself says which subcommands there are, or which one was meant.
    if (command.subcommands === undefined)
      parser.action(() => {
        const global = program.opts() as GlobalOptions;
        request = { type: "run", command, args: parser.args, options: parser.opts(), global };
      });
    parser.helpInformation = () => helpMark(path);
    parent.addCommand(parser, { hidden: command.name.startsWith("__") });
  }

  for (const command of commands) add(program, command, [command.name]);
  program.helpInformation = () => helpMark([]);
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof HelpAsked) return { type: "help", path: error.path };
    if (error instanceof CommanderError) {
      if (error.code.startsWith("commander.help")) return { type: "help", path: [] };
      throw misuse(formatComplaint(error.message), nameHelp(commands, argv));
    }
    throw error;
  }
  return request;
}

/** Thrown through commander where it is about to print help, which we write ourselves. */
class HelpAsked extends Error {
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    super("help");
    this.path = path;
  }
}

function helpMark(path: readonly string[]): never {
  throw new HelpAsked(path);
}

function createParser(name: string, options: OptionSpecs): Parser {
  const parser = new Parser(name)
    .exitOverride()
    .helpCommand(false)
    .helpOption("-h, --help")
    .configureOutput({ writeOut() {}, writeErr() {} });
  for (const [key, spec] of Object.entries(options)) parser.addOption(createOption(key, spec));
  return parser;
}

function createOption(key: string, spec: OptionSpec<unknown>): Option {
  const flags = `${spec.short === undefined ? "" : `-${spec.short}, `}--${optionName(key)}`;
  const option = new Option(spec.valueName === undefined ? flags : `${flags} <${spec.valueName}>`);
  // A name that begins with no- is an option like any other.
  option.negate = false;
  option.default(spec.fallback);
  if (spec.valueName !== undefined)
    option.argParser((value: string, earlier: unknown) => {
      try {
        return spec.parse(value, earlier);
      } catch (error) {
        if (error instanceof Failure) throw misuse(`--${optionName(key)}: ${error.message}`);
        throw error;
      }
    });
  return option;
}

/** `authFile` as on the command line: `auth-file`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Commander's complaint on one line, without its "error: ". */
function formatComplaint(message: string): string {
  return message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .replaceAll("'", '"');
}

function nameHelp(commands: readonly Command[], argv: readonly string[]): string {
  const command = commands.find(({ name }) => argv.includes(name));
  return command === undefined ? "sg help lists the commands." : `sg help ${command.name} shows how it is used.`;
}
