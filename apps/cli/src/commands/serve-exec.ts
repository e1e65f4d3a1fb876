import { serveOptions } from "../call/serve-options.ts";
import { defineCommand } from "../command.ts";
import { count, flag, text } from "../options/option.ts";

const ownApp = "sg-exec";

export const serveExec = defineCommand({
  name: "serve-exec",
  group: "messages",
  summary: "be a service that answers calls of a method by running a command",
  details: [
    "The shell runs the command once for each call. It gets the input on standard input, a message a line, while that comes; each line that it prints is a message of the answer. Both are JSON, or with --text as they are. Where it ends otherwise than with 0 the call fails; where the call is cancelled it is ended. SINGYEONG_METHOD, SINGYEONG_CALLER_APP and SINGYEONG_CALLER_ID are in its environment.",
    "Goes on until Ctrl-C, which lets the calls at work be finished; a second Ctrl-C does not.",
  ],
  arguments: [
    { name: "method", summary: "the method to answer", required: true },
    { name: "command", summary: "for the shell, run for each call", required: true },
  ],
  options: {
    app: text("app", `the application to be a client of; default ${ownApp}`, { short: "a", complete: "application" }),
    text: flag("lines are plain text, and no JSON"),
    concurrency: count(10, [1, 1000], "calls at work at a time; others wait"),
    ...serveOptions,
  },
  examples: [
    { line: "sg serve-exec sum 'jq add' --app math", does: "then elsewhere: sg call math sum '[1,2]'" },
    {
      line: "sg serve-exec upper 'tr a-z A-Z' --text",
      does: "a filter for whoever calls: sg call sg-exec upper --stream",
    },
  ],
  endsOnInterrupt: true,
  async run(session, [method, command], { app = ownApp, text, ...options }) {
    const [{ serveCalls }, { runFilter }, { createCommandRunner }] = await Promise.all([
      import("../call/serve-calls.ts"),
      import("../call/run-filter.ts"),
      import("../work/command-runner.ts"),
    ]);
    const runner = createCommandRunner(command!, session);
    const outcome = await serveCalls(session, {
      ...options,
      app,
      methods: [method!],
      answer: (context) => runFilter(runner, context, text),
    });
    runner.close();
    return outcome;
  },
});
