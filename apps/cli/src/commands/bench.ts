import type { BenchResult } from "../bench/measure.ts";
import { defineCommand } from "../command.ts";
import { isLoopback, parseAddress } from "../connection/address.ts";
import { maskServer } from "../connection/mask-server.ts";
import { needsPassword } from "../describe-error.ts";
import { misuse } from "../failure.ts";
import { formatDuration } from "../options/duration.ts";
import { choice, count, flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Output } from "../output/output.ts";
import { formatBar } from "../output/progress.ts";

export const benchCommand = defineCommand({
  name: "bench",
  group: "server",
  summary: "measure how fast your server passes messages on",
  details: [
    "Connects clients of its own, which nobody else addresses, and times messages from before they are sent until they are there. The clients run in this one process, so on a fast machine it is sg that is measured, not the server: compare runs with one another.",
    "Latency under load is mostly time spent in line: --in-flight 1 shows that of a single message. A server that is not this machine is only loaded with --yes.",
  ],
  options: {
    messages: count(10_000, [1, 10_000_000], "messages to send", { short: "n" }),
    size: count(128, [64, 1_000_000], "bytes of a payload, about"),
    clients: count(4, [1, 1000], "clients that receive"),
    senders: count(1, [1, 100], "clients that send"),
    event: choice(["send", "broadcast"], "send", "whether a message goes to one of the clients or to all"),
    inFlight: count(100, [1, 10_000], "messages of one sender that are under way"),
    yes: flag("go ahead where the server is not this machine", { short: "y" }),
  },
  examples: [
    { line: "sg bench", does: "10 000 messages to this machine's server" },
    { line: "sg bench --in-flight 1 --messages 2000", does: "what a single message takes" },
    { line: "sg bench --event broadcast --clients 50 --encoding msgpack", does: "broadcasts, in MessagePack" },
  ],
  async run(session, _args, options) {
    const { messages, clients, senders, event } = options;
    const { out, progress } = session;
    const { server, encoding = "json" } = await session.connection();
    const { host } = parseAddress(server)!;
    if (!isLoopback(host) && !options.yes)
      throw misuse(
        `${escapeText(maskServer(server))} is not this machine, and a bench puts load on it`,
        "--yes says that you mean it.",
      );
    out.note(out.paintNote("faint", `Measuring ${escapeText(maskServer(server))}…`));
    const { measure } = await import("../bench/measure.ts");
    const startedMs = performance.now();
    const result = await measure({
      event,
      messages,
      clients,
      senders,
      sizeBytes: options.size,
      inFlight: options.inFlight,
      stallMs: session.global.timeout,
      signal: session.system.interrupted,
      async connect(connectOptions) {
        const client = await session.connect({ ...connectOptions, reconnect: false });
        if (client.restricted) throw needsPassword();
        return client;
      },
      progress: (arrived, expected) =>
        progress.show(() => {
          const rate = (arrived / (performance.now() - startedMs)) * 1000;
          return `${formatBar(arrived / expected, 30)} ${Math.floor((arrived / expected) * 100)}%  ${formatRate(rate)}`;
        }),
    });
    progress.clear();
    const setting = { event, clients, senders, sizeBytes: options.size, inFlight: options.inFlight, encoding };
    if (out.json) out.document({ ...setting, ...result });
    else print(out, setting, result);
    return result.received < result.expected ? "timeout" : "ok";
  },
});

interface Setting {
  readonly event: string;
  readonly clients: number;
  readonly senders: number;
  readonly sizeBytes: number;
  readonly inFlight: number;
  readonly encoding: string;
}

function print(
  { line, paint }: Output,
  setting: Setting,
  { sent, received, expected, seconds, ...result }: BenchResult,
): void {
  const { event, clients, senders, sizeBytes, inFlight, encoding } = setting;
  const row = (name: string, text: string) => line(`${paint("faint", name.padEnd(10))}${text}`);
  row(
    "setting",
    `${event}, ${plural(senders, "sender")} with ${inFlight} in flight, ${plural(clients, "client")}, ${sizeBytes} bytes, ${encoding}`,
  );
  row("messages", `${sent} sent, ${received} received in ${formatDuration(seconds * 1000)}`);
  row("rate", paint("heading", `${formatRate(result.receivedPerSecond)} received`));
  const { min, p50, p90, p99, max } = result.latencyMs;
  const times = Object.entries({ min, p50, p90, p99, max }).map(([name, ms]) => `${name} ${formatDuration(ms)}`);
  row("latency", times.join("  "));
  if (received < expected) row("lost", paint("bad", `${expected - received} did not arrive in time`));
}

function formatRate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString("en").replaceAll(",", " ")} messages a second`;
}
