import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { HistoryEvent } from "./event.ts";

/** The events of a history file, one by one. @throws SyntaxError where a line is no JSON */
export async function* readHistory(path: string): AsyncGenerator<HistoryEvent> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    yield JSON.parse(line) as HistoryEvent;
  }
}

/** Some lines of a history file as they stand there, by number from 1. */
export async function readLines(path: string, numbers: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (numbers.has(++number)) found.set(number, line);
  }
  return found;
}
