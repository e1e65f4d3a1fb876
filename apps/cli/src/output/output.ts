import type { System } from "../system.ts";
import { createPaint, type Paint } from "./colour.ts";
import { columnsOf } from "./columns.ts";
import { formatJson } from "./json.ts";
import type { Column } from "./table.ts";

/** Where a command's results and remarks go. Results are on standard output, everything else on standard error. */
export interface Output {
  /** Whether the user asked for JSON. */
  readonly json: boolean;
  /** Columns of the terminal that standard output is; `null` where it is none. */
  readonly columns: number | null;
  readonly paint: Paint;
  readonly paintNote: Paint;
  /** A line of the result, for people. */
  line(text?: string): void;
  /** Loads what makes lines fit the terminal: what it returns cuts a line where standard output is one. */
  fitting(): Promise<(line: string) => string>;
  /** A table, for people. */
  table(head: readonly Column[], rows: readonly (readonly string[])[]): Promise<void>;
  /** The result as one document: on one line, or indented on a terminal. */
  document(value: unknown): void;
  /** One object of a stream of results, on a line of its own. */
  record(value: unknown): void;
  /** Bytes or text as they are. */
  raw(data: string | Uint8Array): void;
  /** A remark for people, on standard error; nothing where they asked for JSON. */
  note(text: string): void;
  /** Waits while standard output takes no more: for ever where nobody reads it any more. */
  ready(): Promise<void>;
}

export function createOutput(
  { stdout, stderr, env }: Pick<System, "stdout" | "stderr" | "env">,
  json: boolean,
): Output {
  const columns = stdout.isTTY === true ? columnsOf(stdout) : null;
  const paint = createPaint(stdout, env);
  /** While standard output takes no more. */
  let drained: Promise<void> | null = null;

  function write(data: string | Uint8Array): void {
    if (stdout.write(data)) return;
    drained ??= new Promise((resolve) => {
      stdout.once("drain", () => {
        drained = null;
        resolve();
      });
    });
  }

  return {
    json,
    columns,
    paint,
    paintNote: createPaint(stderr, env),
    line: (text = "") => write(`${text}\n`),
    async fitting() {
      if (columns === null) return (line) => line;
      const { cut } = await import("./width.ts");
      return (line) => cut(line, columns);
    },
    async table(head, rows) {
      const { formatTable } = await import("./table.ts");
      const lines = formatTable(head, rows, columns, (title) => paint("faint", title));
      write(`${lines.join("\n")}\n`);
    },
    document: (value) => write(`${formatJson(value, columns === null ? 0 : 2)}\n`),
    record: (value) => write(`${formatJson(value)}\n`),
    raw: write,
    note(text) {
      if (!json) stderr.write(`${text}\n`);
    },
    ready: () => drained ?? Promise.resolve(),
  };
}
