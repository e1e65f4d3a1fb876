import { type CallContext, SingyeongError } from "@singyeong/client";
import { Failure } from "../failure.ts";
import { formatJson, parseJson } from "../output/json.ts";
import type { CommandRunner } from "../work/command-runner.ts";

/**
 * Answers a call by a command, which gets its messages a line each, and prints those of the answer: JSON, or plain text.
 * @throws SingyeongError `stream/failed`, for the caller, where the command fails or prints something else
 */
export async function* runFilter(
  { filter }: CommandRunner,
  context: CallContext,
  text: boolean,
): AsyncGenerator<unknown, void> {
  const { method, from, signal } = context;
  const env = { SINGYEONG_METHOD: method, SINGYEONG_CALLER_APP: from.app, SINGYEONG_CALLER_ID: from.id };
  try {
    for await (const line of filter(toLines(context.messages(), text), env, signal))
      yield text ? line : parseLine(line);
  } catch (error) {
    throw error instanceof Failure ? new SingyeongError("stream/failed", error.message) : error;
  }
}

async function* toLines(messages: AsyncIterable<unknown>, text: boolean): AsyncGenerator<string, void> {
  for await (const message of messages)
    yield `${text && typeof message === "string" ? message : formatJson(message)}\n`;
}

function parseLine(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    throw new SingyeongError("stream/failed", "the command printed a line that is no JSON");
  }
}
