import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { SettingError } from "./setting-error.ts";

/** What was read from a file, read again where the file is another one. */
export interface WatchedFile<T> {
  /** The last version that could be read and made sense. */
  current(): T;
}

/** How often the file is looked at, at most. */
const lookMs = 1000;

/**
 * Reads a file now, and again where it has changed by the time somebody asks, through links too. While it is not
 * there, or makes no sense, the last version stays in force and that is logged, once for each change. `setting` names it.
 * @throws SettingError where it cannot be read, or makes no sense, now
 */
export function watchFile<T>(
  setting: string,
  path: string,
  parse: (text: string) => T,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): WatchedFile<T> {
  let version = readVersion(path);
  let value = readFirst(setting, path, parse);
  let lookedAtMs = clock.elapsed();

  function look(): void {
    const found = readVersion(path);
    if (found === version) return;
    version = found;
    try {
      value = parse(readFileSync(path, "utf8"));
      logger.info({ path }, "a changed file was read");
    } catch (error) {
      logger.error({ err: error, path }, "a changed file cannot be used; what it held before stays in force");
    }
  }

  return {
    current() {
      const nowMs = clock.elapsed();
      if (nowMs - lookedAtMs < lookMs) return value;
      lookedAtMs = nowMs;
      look();
      return value;
    },
  };
}

function readFirst<T>(setting: string, path: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SettingError(`${setting}: ${path}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
}

/** Tells two versions of a file apart; an empty text where there is none. */
function readVersion(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? "" : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}
