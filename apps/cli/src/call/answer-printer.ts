import { escapeLines } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatValue } from "../output/value.ts";
import type { InputForm } from "./call-input.ts";

/** Prints the messages of an answer in the form of the input. */
export interface AnswerPrinter {
  print(message: unknown): void;
  /** Ends the last line of bytes on a terminal. */
  end(): void;
}

/**
 * Values are a line each: JSON where the input is a stream, so that what comes out can go in again. Bytes are written as they
 * are, but for a terminal, which gets nothing that it would obey.
 */
export function createAnswerPrinter(out: Output, { stream, bytes }: InputForm): AnswerPrinter {
  const decoder = new TextDecoder();
  let isInLine = false;

  function printText(text: string): void {
    if (text === "") return;
    isInLine = !text.endsWith("\n");
    out.raw(escapeLines(text));
  }

  function print(message: unknown): void {
    if (out.json) out.record({ payload: message });
    else if (!bytes || !(message instanceof Uint8Array)) out.line(stream ? formatJson(message) : formatValue(message));
    else if (out.columns === null) out.raw(message);
    else printText(decoder.decode(message, { stream: true }));
  }

  return {
    print,
    end() {
      printText(decoder.decode());
      if (isInLine) out.line();
      isInLine = false;
    },
  };
}
