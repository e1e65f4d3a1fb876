import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { Failure, misuse } from "../failure.ts";
import { cannotRead, type PayloadSource, readPayloads } from "../input/payloads.ts";
import { parseJson } from "../output/json.ts";
import type { System } from "../system.ts";

/** How the input of a call is to be read. */
export interface InputForm {
  /** It is many messages, not one. */
  readonly stream: boolean;
  /** It is bytes as they are. */
  readonly bytes: boolean;
  /** It is plain text, and no JSON. */
  readonly text: boolean;
}

/** What a call is given: one value, nothing (`undefined`), or messages that are read as they can be sent. */
export type CallInput =
  | { readonly type: "one"; readonly value: unknown }
  | { readonly type: "stream"; readonly messages: AsyncIterable<unknown> };

/**
 * Reads the input of a call. Without a source it is what is piped in, and nothing where nothing is.
 * @throws Failure `cli/misuse` for a single value that is none; the messages of a stream throw it as well
 */
export async function readCallInput(
  source: PayloadSource | null,
  form: InputForm,
  stdin: System["stdin"],
): Promise<CallInput> {
  if (form.stream) return { type: "stream", messages: readMessages(source ?? { type: "stdin" }, form, stdin) };
  if (source === null && stdin.isTTY === true) return { type: "one", value: undefined };
  return { type: "one", value: await readOne(source, form, stdin) };
}

async function readOne(source: PayloadSource | null, form: InputForm, stdin: System["stdin"]): Promise<unknown> {
  if (source?.type === "argument") return form.bytes ? Buffer.from(source.text) : parse(source.text, form, "the input");
  const { input, name } = open(source ?? { type: "stdin" }, stdin);
  const content = await buffer(input).catch((error) => Promise.reject(cannotRead(name, error)));
  if (source === null && content.length === 0) return undefined;
  return form.bytes ? content : parse(content.toString("utf8"), form, name);
}

async function* readMessages(
  source: PayloadSource,
  form: InputForm,
  stdin: System["stdin"],
): AsyncGenerator<unknown, void> {
  if (form.bytes) return yield* readChunks(source, stdin);
  for await (const payload of readPayloads(source, { text: form.text, whole: false }, stdin, lineAdvice)) {
    if ("failure" in payload) throw payload.failure;
    yield payload.value;
  }
}

/** Bytes as they come, in chunks of 64 KiB at most. */
async function* readChunks(source: PayloadSource, stdin: System["stdin"]): AsyncGenerator<Uint8Array, void> {
  if (source.type === "argument") return yield Buffer.from(source.text);
  const { input, name } = open(source, stdin);
  try {
    for await (const chunk of input) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  } catch (error) {
    throw cannotRead(name, error);
  }
}

function open(source: Exclude<PayloadSource, { type: "argument" }>, stdin: System["stdin"]) {
  return source.type === "file"
    ? { input: createReadStream(source.path), name: source.path }
    : { input: stdin, name: "standard input" };
}

function parse(content: string, { text }: InputForm, place: string): unknown {
  if (text) return content;
  try {
    return parseJson(content);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw misuse(`${place} is no JSON: ${(error as Error).message}`, inputAdvice);
  }
}

const inputAdvice = `Plain text needs --text, many messages --stream. JSON needs its quotes kept from the shell: '{"hi":1}'`;
const lineAdvice =
  "With --stream a line is a message. Plain text needs --text; one document of many lines goes without --stream.";
