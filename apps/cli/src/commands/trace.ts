import { randomBytes } from "node:crypto";
import { defineCommand } from "../command.ts";
import { Failure, misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { readPayloads } from "../input/payloads.ts";
import { duration, flag, list, text } from "../options/option.ts";
import { checkPayloads } from "../send/message-options.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";
import type { Way } from "../trace/send-traced.ts";

export const traceCommand = defineCommand({
  name: "trace",
  group: "look",
  summary: "send a message and show, hop by hop, what the server does with it",
  details: [
    "Sends to one client as sg send does, or calls, pushes or publishes, and then shows what the server did for its sake as a tree: when each step began, how long it took, who it was about. Steps of what receivers send on are in it where they pass the trace on (the client's telemetry does).",
    "The last argument is the payload where it is JSON, @file or -; without one it is null. Where steps still go on, a job that nobody has taken, say, it waits for more as long as --timeout says, or until Ctrl-C. The server lets those trace who may administer it.",
  ],
  arguments: [...targetArguments, { name: "payload", summary: "JSON; @file, or - for standard input" }],
  options: {
    call: text("method", "call this method instead"),
    push: text("queue", "push it to this queue instead"),
    publish: text("topic", "publish it to this topic instead; * is any member"),
    broadcast: flag("send it to all that match instead"),
    ...routeOptions,
    text: flag("the payload is plain text, and no JSON"),
    header: list("name: value", "sent beside the payload", { short: "H" }),
    quiet: duration(500, "how long nothing may happen until it is taken for all; default 500ms"),
    app: text("app", "the application to connect as; default that of the DSN, else sg"),
  },
  examples: [
    { line: `sg trace api 'region=eu' '{"hi":1}'`, does: "where a message goes, and how long that takes" },
    { line: "sg trace math --call add '[1,2]'", does: "a call and its answer" },
    { line: `sg trace worker --push jobs '{"resize":17}' --timeout 1m`, does: "a job, until somebody is done with it" },
  ],
  endsOnInterrupt: true,
  async run(session, args, { call, push, publish, broadcast, quiet, app, header, text, ...options }) {
    const { system, out, global } = session;
    const way = readWay({ call, push, publish, broadcast });
    const [{ readTraceArguments }, { createQueueCaller }, { connectSender }, { sendTraced }, { followTrace }] =
      await Promise.all([
        import("../trace/read-trace-arguments.ts"),
        import("../queue/queue-caller.ts"),
        import("../send/sender.ts"),
        import("../trace/send-traced.ts"),
        import("../trace/follow-trace.ts"),
      ]);
    const { target, source } = readTraceArguments(args, options, text);
    let payload: unknown = null;
    if (source !== null) {
      const read = readPayloads(source, { text, whole: true }, system.stdin);
      for await (const { value } of await checkPayloads(read)) payload = value;
    }
    const timeoutMs = global.timeout;
    const ask = createQueueCaller(await session.connection(), system.hurried, "this server follows no traces");
    const traceId = readTraceId(await ask({ path: "/trace", body: {}, timeoutMs }));
    const client = await connectSender(session, { app });
    const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
    const headers = { ...readHeaders(header), traceparent };
    const sent = await sendTraced(client, { way, target, payload, headers, timeoutMs });
    const look = (): Promise<unknown> => ask({ path: `/trace/${traceId}`, timeoutMs });
    const signal = AbortSignal.any([system.interrupted, system.outputGone]);
    // What was refused leaves nothing behind that would still go on.
    const trace = await followTrace({ look, quietMs: quiet, patienceMs: sent.ok ? timeoutMs : quiet, signal });
    if (out.json) {
      const result = sent.ok
        ? { result: sent.message }
        : { error: { code: sent.failure.code, message: sent.failure.message } };
      out.document({ traceId, ...result, ...trace });
    } else {
      const { printTrace } = await import("../trace/print-trace.ts");
      await printTrace(out, traceId, sent, trace);
      if (!sent.ok && sent.failure.advice !== undefined) out.note(sent.failure.advice);
    }
    return sent.ok ? "ok" : sent.failure.outcome;
  },
});

interface Ways {
  readonly call: string | undefined;
  readonly push: string | undefined;
  readonly publish: string | undefined;
  readonly broadcast: boolean;
}

function readWay({ call, push, publish, broadcast }: Ways): Way {
  const given: Way[] = [
    ...(call === undefined ? [] : [{ type: "call", method: call } as const]),
    ...(push === undefined ? [] : [{ type: "push", queue: push } as const]),
    ...(publish === undefined ? [] : [{ type: "publish", topic: publish } as const]),
    ...(broadcast ? [{ type: "broadcast" } as const] : []),
  ];
  if (given.length > 1) throw misuse("--call, --push, --publish and --broadcast are different ways; give one");
  return given[0] ?? { type: "send" };
}

function readTraceId(answer: unknown): string {
  const { trace_id: traceId } = Object(answer) as { readonly trace_id?: unknown };
  if (typeof traceId === "string" && /^[\da-f]{32}$/.test(traceId)) return traceId;
  throw new Failure("unreachable", "client/protocol", "expected the number of a trace from the server");
}
