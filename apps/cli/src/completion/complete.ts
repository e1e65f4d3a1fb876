import type { Command } from "../command.ts";
import { type GlobalOptions, globalOptions } from "../options/global-options.ts";
import type { Completion, OptionSpec, OptionSpecs } from "../options/option.ts";
import { optionName } from "../program.ts";

/** Something that may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  readonly summary: string;
}

/** What is looked up while completing. None of these may fail: an empty list is the answer then. */
export interface Lookup {
  contexts(): readonly Candidate[];
  applications(options: Partial<GlobalOptions>): Promise<readonly Candidate[]>;
  queues(options: Partial<GlobalOptions>): Promise<readonly Candidate[]>;
  topics(): readonly Candidate[];
  /** The flags of the server, which `sg serve` takes. */
  serverFlags(): Promise<readonly Candidate[]>;
}

export interface Completed {
  readonly candidates: readonly Candidate[];
  /** Whether the shell should offer files. */
  readonly files: boolean;
}

const nothing: Completed = { candidates: [], files: false };

/** What may stand in the place of the last word, given those before it. */
export async function complete(
  commands: readonly Command[],
  words: readonly string[],
  lookup: Lookup,
): Promise<Completed> {
  const current = words.at(-1) ?? "";
  const place = locate(commands, words.slice(0, -1));
  const found = await find(place, commands, current, lookup);
  return { ...found, candidates: found.candidates.filter(({ value }) => value.startsWith(current)) };
}

/** Where on a command line the cursor is. */
interface Place {
  readonly path: readonly Command[];
  /** Arguments of the command before the cursor. */
  readonly argumentCount: number;
  /** The option whose value is at the cursor. */
  readonly expects: OptionSpec<unknown> | null;
  readonly used: ReadonlySet<string>;
  readonly global: Partial<GlobalOptions>;
  /** Whether options may still come: not behind `--`. */
  readonly optionsAllowed: boolean;
}

function locate(commands: readonly Command[], words: readonly string[]): Place {
  const path: Command[] = [];
  const used = new Set<string>();
  const global: Record<string, unknown> = {};
  let argumentCount = 0;
  let expects: OptionSpec<unknown> | null = null;
  let expectsKey = "";
  let optionsAllowed = true;
  for (const word of words) {
    if (expects !== null) {
      if (expectsKey in globalOptions) global[expectsKey] = word;
      expects = null;
    } else if (optionsAllowed && word === "--") optionsAllowed = false;
    else if (optionsAllowed && word.length > 1 && word.startsWith("-")) {
      const [flag = word, value] = word.split(/=(.*)/s, 2);
      const option = findOption(optionsOf(path), flag);
      if (option === null) continue;
      const [key, spec] = option;
      used.add(key);
      if (value !== undefined && key in globalOptions) global[key] = value;
      if (spec.valueName !== undefined && value === undefined) {
        expects = spec;
        expectsKey = key;
      }
    } else {
      const among = path.length === 0 ? commands : path.at(-1)!.subcommands;
      const next = among?.find(({ name }) => name === word);
      if (next === undefined) argumentCount++;
      else path.push(next);
    }
  }
  return { path, argumentCount, expects, used, global: global as Partial<GlobalOptions>, optionsAllowed };
}

function optionsOf(path: readonly Command[]): OptionSpecs {
  return { ...globalOptions, ...path.at(-1)?.options };
}

function findOption(options: OptionSpecs, flag: string): readonly [string, OptionSpec<unknown>] | null {
  const found = Object.entries(options).find(
    ([key, { short }]) => flag === `--${optionName(key)}` || (short !== undefined && flag === `-${short}`),
  );
  return found ?? null;
}

async function find(place: Place, commands: readonly Command[], current: string, lookup: Lookup): Promise<Completed> {
  const { path, argumentCount, expects, optionsAllowed } = place;
  const command = path.at(-1);
  if (expects !== null) return complement(expects.complete, place, commands, lookup);
  if (optionsAllowed && current.startsWith("-")) return findFlags(place, commands, current, lookup);
  if (command === undefined) return argumentCount > 0 ? nothing : listCommands(commands);
  if (command.subcommands !== undefined) return argumentCount > 0 ? nothing : listCommands(command.subcommands);
  const argument = command.arguments[argumentCount] ?? command.arguments.findLast(({ variadic }) => variadic);
  return complement(argument?.complete, place, commands, lookup);
}

async function findFlags(
  place: Place,
  commands: readonly Command[],
  current: string,
  lookup: Lookup,
): Promise<Completed> {
  if (place.path[0]?.name === "serve") return { candidates: await lookup.serverFlags(), files: false };
  const [flag, value] = current.split(/=(.*)/s, 2);
  const option = value === undefined ? null : findOption(optionsOf(place.path), flag!);
  if (option !== null) {
    const { candidates } = await complement(option[1].complete, place, commands, lookup);
    return { candidates: candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` })), files: false };
  }
  const candidates = Object.entries(optionsOf(place.path))
    .filter(([key, spec]) => spec.repeatable || !place.used.has(key))
    .map(([key, { summary }]) => ({ value: `--${optionName(key)}`, summary }));
  return { candidates: [...candidates, { value: "--help", summary: "show help" }], files: false };
}

async function complement(
  kind: Completion | undefined,
  { global }: Place,
  commands: readonly Command[],
  lookup: Lookup,
): Promise<Completed> {
  if (kind === undefined) return nothing;
  if (kind === "file") return { candidates: [], files: true };
  if (kind === "context") return { candidates: lookup.contexts(), files: false };
  if (kind === "application") return { candidates: await lookup.applications(global), files: false };
  if (kind === "queue") return { candidates: await lookup.queues(global), files: false };
  if (kind === "command") {
    const { candidates } = listCommands(commands);
    return { candidates: [...candidates, ...lookup.topics()], files: false };
  }
  return { candidates: kind.map((value) => ({ value, summary: "" })), files: false };
}

function listCommands(commands: readonly Command[]): Completed {
  return { candidates: commands.map(({ name, summary }) => ({ value: name, summary })), files: false };
}
