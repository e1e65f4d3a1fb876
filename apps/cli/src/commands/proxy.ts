import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { defineCommand } from "../command.ts";
import { Failure, misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { flag, list, text } from "../options/option.ts";
import { escapeLines } from "../output/escape.ts";
import { parseJson } from "../output/json.ts";
import type { Session } from "../session.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";

export const proxyCommand = defineCommand({
  name: "proxy",
  group: "messages",
  summary: "send an HTTP request to one client that matches, through the server",
  details: [
    "Prints the body of the answer as it is. An answer of 400 or more ends with exit code 1; --include shows it as well.",
  ],
  arguments: [
    {
      name: "method",
      summary: "GET, POST, …",
      required: true,
      complete: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"],
    },
    { name: "route", summary: "path and query string: /users/17", required: true },
    ...targetArguments,
  ],
  options: {
    ...routeOptions,
    header: list("name: value", "a header of the request", { short: "H" }),
    body: text("text", "the request's body; @file, or - for standard input", { short: "d" }),
    include: flag("print status and headers of the answer, too", { short: "i" }),
  },
  examples: [
    { line: "sg proxy GET /health api", does: "ask one client of api" },
    {
      line: `sg proxy POST /jobs worker 'free>0' -H 'content-type: application/json' -d '{"id":1}'`,
      does: "hand a job over",
    },
  ],
  async run(session, [method, route, ...args], { header, body, include, ...options }) {
    const { readTarget } = await import("../target/target.ts");
    const target = readTarget(args, options);
    const init: RequestInit = {
      method: readMethod(method!),
      headers: { ...readHeaders(header) },
      signal: AbortSignal.any([AbortSignal.timeout(session.global.timeout), session.system.interrupted]),
    };
    if (body !== undefined) init.body = await readBody(body, session);
    const http = await session.http();
    const response = await http
      .proxy(target)(route!.startsWith("/") ? route! : `/${route!}`, init)
      .catch(explainMissing);
    const bytes = new Uint8Array(await response.arrayBuffer());
    print(session, response, bytes, include);
    return response.ok || response.status < 400 ? "ok" : "failed";
  },
});

function readMethod(method: string): string {
  if (/^[A-Za-z]{1,20}$/.test(method)) return method.toUpperCase();
  throw misuse(`"${method}" is no HTTP method`, "The order is: sg proxy METHOD ROUTE APP [EXPRESSION]");
}

async function readBody(argument: string, { system }: Session): Promise<Uint8Array<ArrayBuffer> | string> {
  if (argument === "-") return new Uint8Array(await buffer(system.stdin));
  if (!argument.startsWith("@")) return argument;
  try {
    return new Uint8Array(readFileSync(argument.slice(1)));
  } catch (error) {
    throw misuse(`the body cannot be read: ${(error as Error).message}`);
  }
}

function print({ out }: Session, response: Response, bytes: Uint8Array, include: boolean): void {
  const text = Buffer.from(bytes).toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  if (out.json) {
    const headers = Object.fromEntries(response.headers);
    const body = isText ? { body: readJsonOr(text, response) } : { bodyBase64: Buffer.from(bytes).toString("base64") };
    return out.document({ status: response.status, headers, ...body });
  }
  if (include) {
    const meaning = response.ok ? "good" : "bad";
    out.line(out.paint(meaning, `HTTP ${response.status} ${escapeLines(response.statusText)}`.trimEnd()));
    for (const [name, value] of response.headers) out.line(`${out.paint("name", name)}: ${escapeLines(value)}`);
    out.line();
  }
  // A terminal gets nothing that it would obey; a file or a pipe gets every byte.
  if (out.columns === null) out.raw(bytes);
  else if (isText) out.raw(text === "" || text.endsWith("\n") ? escapeLines(text) : `${escapeLines(text)}\n`);
  else out.note(`The body is ${bytes.length} bytes and no text: write it to a file with > FILE.`);
}

function readJsonOr(text: string, response: Response): unknown {
  if (!/\bjson\b/.test(response.headers.get("content-type") ?? "")) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A server that knows no proxying has no such path. */
function explainMissing(error: unknown): never {
  if (error instanceof Error && (error as Error & { code?: string }).code === "http/not-found") throw noProxy();
  throw error;
}

function noProxy(): Failure {
  return new Failure("refused", "http/not-found", "this server has no proxy", {
    advice: "Its version does not offer one: sg version --remote shows which it is.",
  });
}
