import { defineCommand } from "../command.ts";
import { toFailure } from "../describe-error.ts";
import { Failure, misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { flag, list, text } from "../options/option.ts";
import { formatStatus } from "../proxy/format-status.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";
import { version } from "../version.ts";

export const proxyCommand = defineCommand({
  name: "proxy",
  group: "messages",
  summary: "send an HTTP request to one client that matches, through the server",
  details: [
    "Prints the body of the answer as it comes, however long it is. An answer of 400 or more ends with exit code 1; --include shows it as well.",
    "Where the target is one application, the request's body is sent as it is read, whatever bytes it has: files and standard input of any size. For tags and '*' it has to be text, and is sent as a whole. --timeout is how long nothing may move until the answer begins; then there is no limit.",
    "An authorization header is for the target: the server's own password is given as to every command.",
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
    { line: "sg proxy PUT /disks/7 store -d @disk.img", does: "a file of any size" },
    { line: "sg proxy GET /events api", does: "events as they come, until Ctrl-C" },
  ],
  async run(session, [method, route, ...args], { header, body, include, ...options }) {
    const [{ readTarget }, { readBody }, { createSilence }] = await Promise.all([
      import("../target/target.ts"),
      import("../proxy/read-body.ts"),
      import("../proxy/silence.ts"),
    ]);
    const target = readTarget(args, options);
    const silence = createSilence(session.global.timeout);
    const init: RequestInit & { duplex?: "half" } = {
      method: readMethod(method!),
      headers: withOwn(readHeaders(header)),
      signal: AbortSignal.any([silence.signal, session.system.interrupted]),
    };
    const source = body === undefined ? null : readBody(body, session.system.stdin, silence.broken);
    if (source !== null) Object.assign(init, { body: source.body, headers: { ...source.headers, ...init.headers } });
    const http = await session.http();
    const response = await http
      .proxy(target)(route!.startsWith("/") ? route! : `/${route!}`, init)
      .catch((error: unknown) => {
        throw source?.failure() ?? explain(error);
      })
      .finally(silence.end);
    const { printResponse } = await import("../proxy/print-response.ts");
    await printResponse(session.out, response, include);
    if (response.status >= 400 && !include) session.out.note(formatStatus(response, session.out.paintNote));
    return response.status < 400 ? "ok" : "failed";
  },
});

/** Says who asks, where the user does not, in the place of what `fetch` would say. */
function withOwn(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(given).map((name) => name.toLowerCase());
  const own = Object.entries({ "user-agent": `sg/${version}`, accept: "*/*" });
  return { ...Object.fromEntries(own.filter(([name]) => !names.includes(name))), ...given };
}

function readMethod(method: string): string {
  if (/^[A-Za-z]{1,20}$/.test(method)) return method.toUpperCase();
  throw misuse(`"${method}" is no HTTP method`, "The order is: sg proxy METHOD ROUTE APP [EXPRESSION]");
}

/** A server that knows no proxying has no such path; and what nobody gets here is no message. */
function explain(error: unknown): unknown {
  const { code } = Object(error) as { readonly code?: unknown };
  if (code === "http/not-found") return noProxy();
  if (code !== "route/no-match") return error;
  const { outcome, advice, details } = toFailure(error);
  return new Failure(outcome, code, "no client matches, so the request went nowhere", {
    advice,
    details,
    cause: error,
  });
}

function noProxy(): Failure {
  return new Failure("refused", "http/not-found", "this server has no proxy", {
    advice: "Its version does not offer one: sg version --remote shows which it is.",
  });
}
