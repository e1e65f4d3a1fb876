import { maxQueueMs, maxWaitMs } from "@singyeong/protocol";
import { readCallArguments } from "../call/call-arguments.ts";
import { readCallInput } from "../call/call-input.ts";
import { defineCommand } from "../command.ts";
import { misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { dayMs } from "../options/duration.ts";
import { choice, count, duration, flag, list, text } from "../options/option.ts";
import { keyOption, targetArguments, targetOptions } from "../target/target-options.ts";

/** For who did not know that what is piped in is read: it may be held open by whatever runs us. */
const waitingHint = "Waiting for the input on standard input: give - to mean that, or null where there is none.";
const waitingHintMs = 2000;

export const callCommand = defineCommand({
  name: "call",
  group: "messages",
  summary: "call a method of one client that matches, and print what it answers",
  details: [
    "The target is that of sg send; what holds a space or one of = < > ! & | ( ) behind the application is an expression, and no method. The input is JSON, @file, or - for standard input; without it, it is what is piped in. Where the answer is many messages, each is a line, printed as it comes.",
    "With --stream the input is many messages, one a line, which are sent while answers come: JSON goes in and comes out line by line, no faster than the slowest of all takes it, and however long it is. --bytes does so with bytes as they are, in chunks.",
    "There is no deadline unless you give one; --timeout is about connecting. Ctrl-C cancels the call, and so does the end of whatever reads the output.",
  ],
  arguments: [
    ...targetArguments,
    { name: "method", summary: "what is called" },
    { name: "input", summary: "JSON; @file, or - for standard input" },
  ],
  options: {
    ...targetOptions,
    key: keyOption,
    stream: flag("the input is many messages, one a line"),
    bytes: flag("the input is bytes in chunks, and so is the output: --stream with --codec bytes"),
    text: flag("the input is plain text, and no JSON"),
    header: list("name: value", "sent beside the input", { short: "H" }),
    codec: choice(["msgpack", "bytes"], undefined, "how values travel, where not as other messages do"),
    deadline: duration(undefined, "how long all of it may take: 500ms, 10s, 1h", { days: maxQueueMs / dayMs }),
    wait: duration(undefined, "where nobody matches, wait so long for somebody, an hour at most"),
    retries: count(0, [0, 100], "how often a call is repeated that was not carried out"),
    idempotent: flag("repeat it also where it may have been carried out"),
    include: flag("print headers and trailers of the answer, too, on standard error", { short: "i" }),
    dryRun: flag("print what would be sent, and send nothing"),
    app: text("app", "the application to connect as; default that of the DSN, else sg"),
    id: text("id", "the id to connect as; default a random one"),
  },
  examples: [
    { line: "sg call math add '[1,2]'", does: "any client of math" },
    { line: `sg call render 'gpu=true' picture '{"width":640}' --deadline 30s > picture.json`, does: "one with a GPU" },
    { line: "sg call sg-echo echo --stream < big.ndjson > out.ndjson", does: "through sg serve-echo, line by line" },
    { line: "sg call backup store --bytes < disk.img", does: "a file of any size" },
  ],
  async run(session, args, options) {
    const { system, out } = session;
    const { header, codec: named, stream, bytes, text, retries, idempotent, ...rest } = options;
    const codec = bytes ? "bytes" : named;
    if (text && codec === "bytes") throw misuse("--text says that the input is text, and --bytes that it is bytes");
    if (rest.wait !== undefined && rest.wait > maxWaitMs) throw misuse("--wait: an hour is the longest");
    const { target, method, source } = readCallArguments(args, rest);
    const form = { stream: stream || bytes, bytes: codec === "bytes", text };
    if (form.stream && source === null && system.stdin.isTTY === true)
      throw misuse("the input is missing", "Pipe it in, give it as @file, or - to type it.");
    const headers = readHeaders(header);
    const hint =
      source === null ? setTimeout(() => out.note(out.paintNote("faint", waitingHint)), waitingHintMs) : undefined;
    const input = await readCallInput(source, form, system.stdin).finally(() => clearTimeout(hint));
    if (options.dryRun) {
      const payload = input.type === "one" ? { payload: input.value } : { stream: true };
      out.record({ target, method, ...payload, headers, codec, deadlineMs: rest.deadline, waitMs: rest.wait });
      return "ok";
    }
    const [{ connectSender }, { runCall }] = await Promise.all([
      import("../send/sender.ts"),
      import("../call/run-call.ts"),
    ]);
    const client = await connectSender(session, rest);
    return runCall(session, client, {
      target,
      method,
      input,
      form,
      include: rest.include,
      options: {
        headers,
        codec,
        deadlineMs: rest.deadline,
        waitMs: rest.wait,
        retry: { attempts: retries + 1, idempotent },
      },
    });
  },
});
