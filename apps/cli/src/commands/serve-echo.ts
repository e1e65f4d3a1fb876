import { echo } from "../call/echo.ts";
import { serveOptions } from "../call/serve-options.ts";
import { defineCommand } from "../command.ts";
import { count, list, text } from "../options/option.ts";

const ownApp = "sg-echo";

export const serveEcho = defineCommand({
  name: "serve-echo",
  group: "messages",
  summary: "be a service that gives back what it is called with",
  details: [
    "Connects a client and answers calls of its methods: each message of the input goes back as it comes, and so do the headers. It tells of each call once that is over, on standard error, until Ctrl-C, which lets the calls at work be finished; a second Ctrl-C does not.",
  ],
  options: {
    app: text("app", `the application to be a client of; default ${ownApp}`, { short: "a", complete: "application" }),
    method: list("name", "a method to answer; default echo"),
    concurrency: count(undefined, [1, 1000], "calls of a method at work at a time; others wait"),
    ...serveOptions,
  },
  examples: [
    { line: "sg serve-echo", does: `then elsewhere: sg call ${ownApp} echo '{"hi":1}'` },
    { line: "sg serve-echo -a math --method add --method multiply", does: "a stand-in for a service" },
  ],
  endsOnInterrupt: true,
  async run(session, _args, { app = ownApp, method, ...options }) {
    const { serveCalls } = await import("../call/serve-calls.ts");
    const methods = method.length > 0 ? method : ["echo"];
    return serveCalls(session, { ...options, app, methods, answer: echo });
  },
});
