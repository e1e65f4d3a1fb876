import { readFile } from "node:fs/promises";

/**
 * How a snippet is meant, said in an HTML comment on the line above it, which readers do not see:
 * `continues`: goes on where the last program ended, in the same file;
 * `stays`: runs until all snippets of the document have run;
 * `types only`: is compiled and not run;
 * `exits 4`: is expected to end with that code.
 */
export type Manner = "continues" | "stays" | "types only" | `exits ${number}`;

/** The code that a snippet is to end with. */
export function expectedExit(manner: Manner | null): number {
  return manner?.startsWith("exits ") ? Number(manner.slice("exits ".length)) : 0;
}

/** A piece of a document that claims to work. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** Of its first line in the document, counted from 1. */
  readonly line: number;
  readonly manner: Manner | null;
}

/** Snippets of a Markdown document in one of the languages, in order. Throws where one is not closed. */
export async function extractSnippets(document: string, languages: readonly string[]): Promise<readonly Snippet[]> {
  const lines = (await readFile(document, "utf8")).split("\n");
  const snippets: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,})(\w*)/.exec(lines[at]!);
    if (fence === null) continue;
    const [, indent, ticks, language] = fence as unknown as [string, string, string, string];
    const end = lines.findIndex((line, i) => i > at && line.trim() === ticks);
    if (end === -1) throw new Error(`${document}:${at + 1}: this fence is not closed`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    if (languages.includes(language)) {
      snippets.push({ language, code: code.join("\n"), line: at + 2, manner: readManner(document, lines, at) });
    }
    at = end;
  }
  return snippets;
}

function readManner(document: string, lines: readonly string[], fence: number): Manner | null {
  const above = lines.slice(0, fence).findLast((line) => line.trim() !== "");
  const comment = /^\s*<!-- (.*) -->$/.exec(above ?? "")?.[1];
  if (comment === undefined) return null;
  if (!/^(continues|stays|types only|exits \d+)$/.test(comment)) {
    throw new Error(`${document}:${fence}: "${comment}" is no manner of a snippet`);
  }
  return comment as Manner;
}
