import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { meetsTarget, type Row } from "./row.ts";

/** Where a result was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

/** A run of one benchmark as it is kept and printed with `--json`. */
export interface ResultDocument {
  readonly bench: string;
  readonly summary: string;
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly rows: readonly (Row & { readonly met: boolean | null })[];
}

/** Puts rows together with what is needed to read them later. */
export function createDocument(bench: string, summary: string, quick: boolean, rows: readonly Row[]): ResultDocument {
  return {
    bench,
    summary,
    date: new Date().toISOString(),
    quick,
    machine: describeMachine(),
    rows: rows.map((row) => ({ ...row, met: meetsTarget(row) })),
  };
}

/** Writes a document into a directory, under its name and date. */
export function keepDocument(directory: string, document: ResultDocument): void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${document.bench}-${document.date.replaceAll(":", "")}.json`);
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
}

function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}
