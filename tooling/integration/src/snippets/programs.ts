import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compile } from "./compile.ts";
import { extractSnippets, type Manner } from "./extract.ts";

/** A program that a document shows: one snippet, and those that continue it. */
export interface Program {
  readonly code: string;
  /** Of its first line in the document, counted from 1. */
  readonly line: number;
  readonly manner: Manner | null;
}

/** The programs of a document, in order. */
export async function findPrograms(document: string): Promise<readonly Program[]> {
  const programs: Program[] = [];
  for (const { code, line, manner } of await extractSnippets(document, ["ts"])) {
    const last = programs.at(-1);
    if (manner !== "continues") programs.push({ code, line, manner });
    else if (last === undefined) throw new Error(`${document}:${line}: there is nothing to continue`);
    else programs[programs.length - 1] = { ...last, code: `${last.code}\n${code}` };
  }
  return programs;
}

/** Programs by document. */
export type Shown = ReadonlyMap<string, readonly Program[]>;

/**
 * Compiles programs, strictly, in a project that has installed the packages.
 * @returns where a program was compiled to; rejects with the compiler's complaints
 */
export async function compilePrograms(
  shown: Shown,
  consumer: string,
): Promise<(document: string, program: Program) => string> {
  const folder = join(consumer, "snippets");
  const outDir = join(folder, "compiled");
  const nameOf = (document: string, { line }: Program): string =>
    join(document.replaceAll(/\W+/g, "-"), `line-${line}`);
  const files: string[] = [];
  for (const [document, programs] of shown) {
    for (const program of programs) {
      const file = join(folder, `${nameOf(document, program)}.ts`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${program.code}\n`);
      files.push(file);
    }
  }
  // Node.js 22 has no `await using` yet, so it is compiled away. Declarations are checked by a test of their own.
  const emit = { outDir, rootDir: folder, noEmit: false, target: "es2022" };
  const complaints = await compile(consumer, files, { ...emit, lib: ["esnext"], types: ["node"] });
  if (complaints !== "") throw new Error(complaints);
  return (document, program) => join(outDir, `${nameOf(document, program)}.js`);
}
