import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** How TypeScript finds the packages, and what it knows beside them. */
export type CheckOptions = Pick<ts.CompilerOptions, "module" | "moduleResolution" | "lib" | "types">;

/**
 * Checks a program in the folder of a project that has installed the packages, and their declarations with it, as
 * TypeScript does without `skipLibCheck`; those of other packages are not ours to check.
 * @returns what it complains about; empty where it does not
 */
export function checkProgram(project: string, name: string, text: string, options: CheckOptions): string {
  const file = join(project, `${name}.ts`);
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    ...options,
    lib: options.lib!.map((name) => `lib.${name}.d.ts`),
    target: ts.ScriptTarget.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  });
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName === file || /@singyeong\//.test(fileName));
  const complaints = [program.getOptionsDiagnostics(), program.getGlobalDiagnostics()].flat();
  for (const source of ours) {
    complaints.push(...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source));
  }
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => project, getNewLine: () => "\n" };
  return ts.formatDiagnostics(complaints, host);
}
