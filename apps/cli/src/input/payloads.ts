import { createReadStream, readFileSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Failure, misuse } from "../failure.ts";
import { parseJson } from "../output/json.ts";
import type { System } from "../system.ts";
import { readLines } from "./lines.ts";

/** Where payloads come from. */
export type PayloadSource =
  | { readonly type: "argument"; readonly text: string }
  /** One document, or one message a line. */
  | { readonly type: "file"; readonly path: string }
  /** One message a line. */
  | { readonly type: "stdin" };

export interface PayloadForm {
  /** Payloads are plain text, and no JSON. */
  readonly text: boolean;
  /** A file or standard input is one message as a whole. */
  readonly whole: boolean;
}

/** A payload, and where it stood, for messages about it. */
export interface Payload {
  readonly value: unknown;
  readonly place: string;
}

/** A payload that is none, in its place among others. */
export interface PayloadProblem {
  readonly place: string;
  readonly failure: Failure;
}

/** Larger files are read line by line, and never looked at as one document. */
const maxDocumentBytes = 16 * 1024 * 1024;

/** What an argument says: `-` is standard input, `@file` a file, all else the payload itself. */
export function readPayloadArgument(argument: string): PayloadSource {
  if (argument === "-") return { type: "stdin" };
  return argument.startsWith("@") ? { type: "file", path: argument.slice(1) } : { type: "argument", text: argument };
}

/** Whether the source may hold more than one message. */
export function isStream(source: PayloadSource, { whole }: PayloadForm): boolean {
  return source.type !== "argument" && !whole;
}

/**
 * Payloads one by one, as they can be read. Empty lines are left out, except of plain text. `lineAdvice` is what to do about a
 * line that is no JSON.
 */
export async function* readPayloads(
  source: PayloadSource,
  form: PayloadForm,
  stdin: System["stdin"],
  lineAdvice = "A line is a message. Plain text needs --text, a document of many lines --whole.",
): AsyncGenerator<Payload | PayloadProblem, void> {
  if (source.type === "argument") return yield parsePayload(source.text, form, "the payload", argumentAdvice);
  if (source.type === "file") {
    const content = readDocument(source.path, form);
    if (content !== null) return yield { value: content, place: source.path };
  }
  const name = source.type === "file" ? source.path : "standard input";
  const input = source.type === "file" ? createReadStream(source.path) : stdin;
  if (form.whole) return yield parsePayload(await readWhole(input, name), form, name, lineAdvice);
  let number = 0;
  for await (const line of readNamedLines(input, name)) {
    number++;
    if (form.text || line.trim() !== "") yield parsePayload(line, form, `line ${number} of ${name}`, lineAdvice);
  }
}

async function* readNamedLines(input: NodeJS.ReadableStream, name: string): AsyncGenerator<string, void> {
  try {
    yield* readLines(input);
  } catch (error) {
    throw cannotRead(name, error);
  }
}

async function readWhole(input: NodeJS.ReadableStream, name: string): Promise<string> {
  try {
    return await text(input);
  } catch (error) {
    throw cannotRead(name, error);
  }
}

/** A file that is one JSON document; `null` where it is to be read line by line. */
function readDocument(path: string, form: PayloadForm): unknown {
  try {
    if (form.text || form.whole || statSync(path).size > maxDocumentBytes) return null;
    return parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Failure) throw error;
    throw cannotRead(path, error);
  }
}

/** What a source of payloads failed with. */
export function cannotRead(path: string, error: unknown): Failure {
  const advice =
    "@ names a file. Text that begins with one comes in through standard input, with --text and - in its place.";
  return misuse(`${path} cannot be read: ${(error as Error).message}`, advice);
}

function parsePayload(content: string, { text }: PayloadForm, place: string, advice: string): Payload | PayloadProblem {
  if (text) return { value: content, place };
  try {
    return { value: parseJson(content), place };
  } catch (error) {
    if (error instanceof Failure) return { place, failure: error };
    return { place, failure: misuse(`${place} is no JSON: ${(error as Error).message}`, advice) };
  }
}

const argumentAdvice = `Plain text needs --text. JSON needs its quotes kept from the shell: '{"hi":1}'`;
