import { createReadStream, statSync } from "node:fs";
import { type Failure, misuse } from "../failure.ts";
import type { System } from "../system.ts";

/** The body of a request, which is read while it is sent. */
export interface Body {
  readonly body: string | AsyncIterable<Uint8Array>;
  /** What is known of it beforehand. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why it could not be read to its end; `null` where it could. */
  failure(): Failure | null;
}

/** Reads what an argument says: `-` is standard input, `@file` a file, all else the body itself. `moved` is told of each piece. */
export function readBody(argument: string, stdin: System["stdin"], moved: () => void): Body {
  if (argument === "-") return pass(stdin, {}, moved);
  if (!argument.startsWith("@")) return { body: argument, headers: {}, failure: () => null };
  const path = argument.slice(1);
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Error(`${path} is a folder`);
    const headers = stats.isFile() ? { "content-length": `${stats.size}` } : {};
    return pass(createReadStream(path), headers, moved);
  } catch (error) {
    throw unreadable(error);
  }
}

function pass(input: NodeJS.ReadableStream, headers: Body["headers"], moved: () => void): Body {
  let failure: Failure | null = null;
  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of input) {
        yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
        moved();
      }
    } catch (error) {
      failure = unreadable(error);
      throw error;
    }
  }
  return { body: read(), headers, failure: () => failure };
}

function unreadable(error: unknown): Failure {
  return misuse(`the body cannot be read: ${(error as Error).message}`);
}
