import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { listDead } from "../drive/queue-admin.ts";
import type { Random } from "../drive/random.ts";
import { type Exit, findFreePort, type ServerProcess, startServer } from "../drive/server-process.ts";
import { settings } from "../drive/settings.ts";
import { type Damage, damages } from "./damage.ts";
import { type Taken, takeEverything } from "./take-everything.ts";

/** What servers did that were started from damaged folders. */
export interface TornTally {
  /** Ended with code 1, saying why; by kind of damage. */
  readonly refused: Map<string, number>;
  /** Served everything that was to be there. */
  readonly intact: Map<string, number>;
  /** Served all but messages that it said it could not read. */
  readonly unreadable: Map<string, number>;
  /** Messages that had to be there where a server served. */
  messages: number;
  /** Did none of this: each a sentence. */
  readonly faults: string[];
  /** What those who refused said, without what differs from one to the next. */
  readonly sayings: Map<string, number>;
}

export interface TornTrial {
  /** Copies a folder that nobody uses, damages the copy, and looks what a server makes of it. */
  damage(dataDir: string, surviving: ReadonlyMap<string, string>): Promise<void>;
  /** Starts a server from a backup that was made under load. */
  restore(backup: string, surviving: ReadonlyMap<string, string>): Promise<void>;
  readonly tally: TornTally;
}

/** What was to be there, what was had, and what was left or dead afterwards. */
interface Served extends Taken {
  readonly surviving: ReadonlyMap<string, string>;
  readonly dead: ReadonlySet<string>;
}

export interface TornTrialOptions {
  readonly main: string;
  /** Where copies are made. */
  readonly folder: string;
  readonly random: Random;
  readonly report: (line: string) => void;
}

const maxStartMs = 20_000;

/** A backup is a folder like any other. */
export const restoredBackup: Damage = { name: "a backup made under load", isHarmless: true, apply() {} };

export function createTornTrial({ main, folder, random, report }: TornTrialOptions): TornTrial {
  const tally: TornTally = {
    refused: new Map(),
    intact: new Map(),
    unreadable: new Map(),
    messages: 0,
    faults: [],
    sayings: new Map(),
  };
  const firstKind = random.between(0, damages.length - 1);
  let kinds = 0;
  let copies = 0;

  async function run(damage: Damage, dataDir: string, surviving: ReadonlyMap<string, string>): Promise<void> {
    const copy = join(folder, `torn-${++copies}`);
    copyFiles(dataDir, copy);
    try {
      damage.apply(copy, random);
      const port = await findFreePort();
      const server = startServer({ main, dataDir: copy, port, settings });
      try {
        await judge(server, port, damage, surviving);
      } finally {
        server.kill("SIGKILL");
        await server.exited;
      }
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }

  async function judge(
    server: ServerProcess,
    port: number,
    damage: Damage,
    surviving: ReadonlyMap<string, string>,
  ): Promise<void> {
    const began = await Promise.race([server.listening.catch(() => null), wait(maxStartMs, undefined)]);
    if (began === undefined) return fault(damage, `did not listen within ${maxStartMs} ms`);
    if (began === null) return judgeRefusal(damage, await server.exited);
    try {
      const { messages, left } = await takeEverything(port);
      const dead = new Set((await listDead(port)).map(({ id }) => id));
      judgeServed(damage, { surviving, messages, left, dead });
    } catch (error) {
      const exit = await Promise.race([server.exited, wait(1000, null)]);
      fault(damage, `served, then ${JSON.stringify(exit)}: ${(error as Error).message}`);
    }
  }

  function judgeRefusal(damage: Damage, { code, signal, errors }: Exit): void {
    const isClear = /^singyeong: \S/m.test(errors) && !/^ +at /m.test(errors);
    if (damage.isHarmless) fault(damage, `was refused: ${errors}`);
    else if (code !== 1 || !isClear) fault(damage, `ended with ${signal ?? code}, saying ${JSON.stringify(errors)}`);
    else {
      count(tally.refused, damage.name);
      const saying = errors.trim().replaceAll(/\S*torn-\d+\S*/g, "FOLDER");
      count(tally.sayings, saying.replaceAll(/\d+/g, "N"));
    }
  }

  function judgeServed(damage: Damage, { surviving, messages, left, dead }: Served): void {
    tally.messages += surviving.size;
    const missing = [...surviving.keys()].filter((id) => !messages.has(id));
    const changed = [...surviving].filter(([id, digest]) => messages.has(id) && messages.get(id) !== digest);
    const silent = missing.filter((id) => !dead.has(id));
    if (changed.length > 0) fault(damage, `${changed.length} messages came with another content, as ${changed[0]![0]}`);
    else if (left > 0) fault(damage, `${left} messages could not be had`);
    else if (silent.length > 0)
      fault(damage, `${silent.length} of ${surviving.size} messages were missing without a word`);
    else if (missing.length > 0 && damage.isHarmless) fault(damage, `${missing.length} messages could not be read`);
    else count(missing.length > 0 ? tally.unreadable : tally.intact, damage.name);
  }

  function fault(damage: Damage, text: string): void {
    tally.faults.push(`${damage.name}: ${text}`);
    report(`TORN ${damage.name}: ${text}`);
  }

  return {
    tally,
    damage: (dataDir, surviving) => run(damages[(firstKind + kinds++) % damages.length]!, dataDir, surviving),
    restore: (backup, surviving) => run(restoredBackup, backup, surviving),
  };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Copies files and folders, but neither sockets nor what lies in `backups`. */
function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const relative = join(entry.parentPath, entry.name).slice(from.length + 1);
    if (relative.startsWith("backups")) continue;
    mkdirSync(join(to, dirname(relative)), { recursive: true });
    copyFileSync(join(from, relative), join(to, relative));
  }
}
