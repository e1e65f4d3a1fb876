import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { misuse } from "../failure.ts";
import type { System } from "../system.ts";

/** Reads a password from a file's first line, or from standard input for `-`. */
export async function readPassword(file: string, stdin: System["stdin"]): Promise<string> {
  const content = file === "-" ? await text(stdin) : readWhole(file);
  const [line = ""] = content.split(/\r?\n/, 1);
  if (line === "") throw misuse(`${file === "-" ? "standard input" : file} holds no password on its first line`);
  return line;
}

function readWhole(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw misuse(`the password file cannot be read: ${(error as Error).message}`);
  }
}
