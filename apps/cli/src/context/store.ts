import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { maskServer } from "../connection/mask-server.ts";
import { Failure, misuse } from "../failure.ts";
import { type Context, contextName, formatContext, parseContext } from "./context.ts";

/** Contexts on disk: a file each, which the user alone can read, and one that names the selected one. */
export interface ContextStore {
  /** Where it is all kept. */
  readonly folder: string;
  names(): readonly string[];
  has(name: string): boolean;
  /** @throws Failure `cli/no-context`, `cli/context-exposed`, `cli/context-broken` */
  read(name: string): Context;
  write(name: string, context: Context): void;
  remove(name: string): void;
  /** The name of the selected context; `null` where none is. */
  selected(): string | null;
  select(name: string | null): void;
  path(name: string): string;
  /** Whether others may read a context's file; `false` on Windows, whose folders of users are private. */
  isExposed(name: string): boolean;
}

const ownerOnly = 0o600;
const ownerOnlyFolder = 0o700;
const forOthers = 0o077;

export function createContextStore(folder: string, platform: NodeJS.Platform): ContextStore {
  const contexts = join(folder, "contexts");
  const selection = join(folder, "current-context");
  const path = (name: string): string => {
    if (!contextName.test(name))
      throw misuse(`"${name}" is no name for a context: use letters, digits, ".", "_" and "-", at most 64`);
    return join(contexts, `${name}.json`);
  };

  /** Whole or not at all, and never readable by others in between. */
  function writeWhole(target: string, text: string): void {
    mkdirSync(contexts, { recursive: true, mode: ownerOnlyFolder });
    if (platform !== "win32") for (const each of [folder, contexts]) chmodSync(each, ownerOnlyFolder);
    const draft = `${target}.${randomUUID()}.new`;
    try {
      writeFileSync(draft, text, { mode: ownerOnly, flag: "wx" });
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  const store: ContextStore = {
    folder,
    path,
    names() {
      const files = readOr(() => readdirSync(contexts), []);
      return files
        .filter((file) => file.endsWith(".json"))
        .map((file) => file.slice(0, -".json".length))
        .filter((name) => contextName.test(name))
        .sort();
    },
    has: (name) => store.names().includes(name),
    read(name) {
      const file = path(name);
      const text = readOr(() => readFileSync(file, "utf8"), null);
      if (text === null) throw noContext(name, store.names());
      const parsed = parseContext(text);
      if (!parsed.ok)
        throw new Failure("misuse", "cli/context-broken", `the context "${name}" cannot be used: ${parsed.problem}`, {
          advice: `Correct ${file}, or write it anew: sg context add ${name} --replace --server …`,
        });
      const { server, auth } = parsed.context;
      if ((auth !== undefined || maskServer(server) !== server) && store.isExposed(name))
        throw new Failure("misuse", "cli/context-exposed", `others can read ${file}, which holds a password`, {
          advice: `Make it yours alone: chmod 600 ${file}`,
        });
      return parsed.context;
    },
    write: (name, context) => writeWhole(path(name), formatContext(context)),
    remove(name) {
      if (!store.has(name)) throw noContext(name, store.names());
      rmSync(path(name));
      if (store.selected() === name) store.select(null);
    },
    selected: () => readOr(() => readFileSync(selection, "utf8").trim(), "") || null,
    select(name) {
      if (name === null) rmSync(selection, { force: true });
      else if (store.has(name)) writeWhole(selection, `${name}\n`);
      else throw noContext(name, store.names());
    },
    isExposed: (name) => platform !== "win32" && (readOr(() => statSync(path(name)).mode, 0) & forOthers) !== 0,
  };
  return store;
}

/** What a read gives, or `missing` where there is no such file. */
function readOr<T, M>(read: () => T, missing: M): T | M {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw error;
  }
}

function noContext(name: string, names: readonly string[]): Failure {
  const advice =
    names.length === 0 ? `There are none yet: sg context add ${name} --server …` : `There are ${names.join(", ")}.`;
  return new Failure("misuse", "cli/no-context", `there is no context "${name}"`, { advice });
}
