import { type Command, commandGroups } from "../command.ts";
import { commands } from "../command-table.ts";
import { misuse } from "../failure.ts";
import { globalOptions } from "../options/global-options.ts";
import type { OptionSpec, OptionSpecs } from "../options/option.ts";
import { createPaint, type Paint } from "../output/colour.ts";
import { columnsOf } from "../output/columns.ts";
import { optionName } from "../program.ts";
import type { System } from "../system.ts";
import { topics } from "./topics.ts";
import { wrap } from "./wrap.ts";

const widest = 100;

/** Prints help on a command (`["context", "add"]`), a topic, or everything in short. @throws Failure `cli/misuse` */
export function printHelp(path: readonly string[], { stdout, env }: Pick<System, "stdout" | "env">): void {
  const page = {
    paint: createPaint(stdout, env),
    columns: Math.min(columnsOf(stdout), widest),
  };
  stdout.write(`${findPage(path, page).join("\n")}\n`);
}

interface Page {
  readonly paint: Paint;
  readonly columns: number;
}

function findPage(path: readonly string[], page: Page): readonly string[] {
  const [name, ...rest] = path;
  if (name === undefined) return formatOverview(page);
  let command = commands.find((each) => each.name === name);
  const topic = topics.find((each) => each.name === name);
  if (command === undefined && topic !== undefined) return topic.lines(page);
  for (const part of rest) command = command?.subcommands?.find((each) => each.name === part);
  if (command !== undefined) return formatCommand(command, path.join(" "), page);
  throw misuse(`there is no help on "${path.join(" ")}"`, "sg help lists commands and topics.");
}

function formatOverview({ paint, columns }: Page): readonly string[] {
  const shown = commands.filter(({ name }) => !name.startsWith("__"));
  const width = Math.max(...[...shown, ...topics].map(({ name }) => name.length));
  const row = ({ name, summary }: { readonly name: string; readonly summary: string }): readonly string[] =>
    hang(`  ${paint("name", name)}${" ".repeat(width - name.length)}  `, width + 4, summary, columns);
  const groups = Object.entries(commandGroups).flatMap(([key, title]) => [
    "",
    paint("heading", title),
    ...shown.filter(({ group }) => group === key).flatMap(row),
  ]);
  return [
    "sg: talk to a singyeong server, look into one, run one.",
    ...groups,
    "",
    paint("heading", "More to read"),
    ...topics.flatMap(row),
    "",
    paint("heading", "Try it"),
    "  sg serve                                      in a terminal of its own",
    "  sg watch --meta region=eu                     in another one",
    `  sg send sg-watch 'region=eu' '{"hello":1}'    in a third`,
    "",
    "sg help COMMAND tells more about a command.",
  ];
}

function formatCommand(command: Command, path: string, page: Page): readonly string[] {
  const { paint, columns } = page;
  const args = command.arguments.map(({ name, required, variadic }) => {
    const shown = variadic ? `${name}...` : name;
    return required ? `<${shown}>` : `[${shown}]`;
  });
  const subcommands = command.subcommands ?? [];
  const usage = ["sg", path, ...(subcommands.length > 0 ? ["<command>"] : args), "[options]"].join(" ");
  return [
    ...wrap(`${upperFirst(command.summary)}.`, columns),
    ...(command.details ?? []).flatMap((paragraph) => ["", ...wrap(paragraph, columns)]),
    "",
    `${paint("heading", "Usage")}  ${usage}`,
    ...section(
      page,
      "Commands",
      subcommands.map(({ name, summary }) => [name, summary]),
    ),
    ...section(
      page,
      "Arguments",
      command.arguments.map(({ name, summary }) => [name, summary]),
    ),
    ...section(page, "Options", describeOptions(command.options)),
    ...(command.standsAlone === true
      ? []
      : section(page, "Options of every command", [...describeOptions(globalOptions), ["-h, --help", "this text"]])),
    ...(command.examples.length === 0 ? [] : ["", paint("heading", "Examples")]),
    ...command.examples.flatMap(({ line, does }) => [`  ${paint("faint", `# ${does}`)}`, `  ${line}`]),
  ];
}

function describeOptions(options: OptionSpecs): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([key, spec]) => [formatFlags(key, spec), describeOption(spec)]);
}

function formatFlags(key: string, { short, valueName }: OptionSpec<unknown>): string {
  const long = `--${optionName(key)}${valueName === undefined ? "" : ` <${valueName}>`}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function describeOption({ summary, shownFallback, repeatable }: OptionSpec<unknown>): string {
  const notes = [
    ...(shownFallback === undefined ? [] : [`default ${shownFallback}`]),
    ...(repeatable ? ["may be repeated"] : []),
  ];
  return notes.length === 0 ? summary : `${summary} (${notes.join(", ")})`;
}

function section(page: Page, title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) =>
    hang(`  ${page.paint("name", left)}${" ".repeat(width - left.length)}  `, width + 4, right, page.columns),
  );
  return ["", page.paint("heading", title), ...lines];
}

/** Text behind a label of `indent` columns, its further lines below its first. */
function hang(label: string, indent: number, text: string, columns: number): readonly string[] {
  const [first = "", ...rest] = wrap(text, Math.max(20, columns - indent));
  return [label + first, ...rest.map((line) => " ".repeat(indent) + line)];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
