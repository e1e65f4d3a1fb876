import { closeSync, openSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { SettingError } from "../../kernel/setting-error.ts";
import type { Audit, AuditEntry } from "../../ports/audit.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Metrics } from "../../ports/metrics.ts";

export interface AuditFileOptions {
  /** The file that is added to; where there is none it is made, readable by its owner alone. */
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Characters of entries that may wait for the disk: beyond them entries are lost, and counted. */
const maxWaiting = 4 * 1024 * 1024;

/**
 * Adds a JSON line for every entry, in the order noted: `{at, actor, peer, action, target, outcome, detail}`, `at` in
 * ISO 8601. Lines are handed to the operating system and not forced to the disk. The file is opened anew for each write, so
 * it may be moved away at any time. What cannot be written is counted, and logged where that begins.
 * @throws SettingError where it cannot be written now
 */
export function createAuditFile({ path, clock, logger, metrics }: AuditFileOptions): Audit {
  tryToOpen(path);
  const written = metrics.counter("singyeong_audit_entries_total", "Actions of administration written down.");
  const lost = metrics.counter("singyeong_audit_failures_total", "Actions of administration that could not be.");
  let lines: string[] = [];
  let waiting = 0;
  let isInTrouble = false;
  let writing: Promise<void> | null = null;

  function fail(count: number, error: unknown): void {
    lost.total += count;
    if (!isInTrouble) logger.error({ err: error, file: path }, "the audit file cannot be written");
    isInTrouble = true;
  }

  async function write(): Promise<void> {
    while (lines.length > 0) {
      const group = lines;
      lines = [];
      waiting = 0;
      try {
        await appendFile(path, group.join(""), { mode: 0o600 });
        written.total += group.length;
        isInTrouble = false;
      } catch (error) {
        fail(group.length, error);
      }
    }
    writing = null;
  }

  return {
    note(entry) {
      const line = formatEntry(entry, clock.now());
      if (waiting + line.length > maxWaiting) return fail(1, new Error("too much waits for the disk"));
      waiting += line.length;
      lines.push(line);
      writing ??= write();
    },
    async close() {
      await writing;
    },
  };
}

function formatEntry({ actor, peer, action, target, outcome, detail = {} }: AuditEntry, nowMs: number): string {
  const at = new Date(nowMs).toISOString();
  return `${JSON.stringify({ at, actor, peer, action, target, outcome, detail })}\n`;
}

function tryToOpen(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw new SettingError(`auditFile: ${(error as Error).message}`);
  }
}
