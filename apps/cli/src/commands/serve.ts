import { defineCommand } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { misuse } from "../failure.ts";
import { formatJson } from "../output/json.ts";
import type { System } from "../system.ts";

export const serveCommand = defineCommand({
  name: "serve",
  group: "server",
  standsAlone: true,
  summary: "run a server here, until Ctrl-C",
  details: [
    "Takes the flags, variables and file of the server itself: sg serve --help lists them. Contexts and options of other commands do not apply. It ends with 0 when it was stopped, 1 where it could not serve, 2 where a setting is wrong. With --json before or right behind serve, it prints a line when it listens and another when it has stopped.",
  ],
  examples: [
    { line: "sg serve", does: "on port 4567, for everyone who reaches this machine" },
    { line: "sg serve --host 127.0.0.1 --port 8080", does: "for this machine alone, on a port of your choice" },
  ],
  async run() {
    throw misuse("what is meant for the server stands behind serve", "As in: sg serve --port 4567");
  },
});

/** Runs a server in this process with the flags given. */
export async function serve(args: readonly string[], system: System, json: boolean): Promise<Outcome | "serving"> {
  const asksJson = args[0] === "--json";
  const flags = (asksJson ? args.slice(1) : args).map((arg) => (arg === "-h" ? "--help" : arg));
  const { run } = await import("@singyeong/server");
  const print = (event: object) => void system.stdout.write(`${formatJson(event)}\n`);
  await run(flags, system.env, json || asksJson ? { report: print } : {});
  return ["--help", "--version", "--print-config"].some((flag) => flags.includes(flag)) ? "ok" : "serving";
}
