#!/usr/bin/env node
import { homedir } from "node:os";

/** The first Node.js whose `JSON.parse` shows the source of numbers, without which long integers lose digits. */
const oldestNode = 22;

// Nothing else is loaded before this is known: it would fail in a way that nobody understands.
if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(`sg: needs Node.js ${oldestNode} or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
const { runCli } = await import("./run-cli.ts");

// A reader that has seen enough (`sg nodes | head`) ends us quietly.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

let interruption: AbortController | undefined;

/** The first Ctrl-C ends what runs; another one, while that takes its time, ends the process. */
function watchInterrupts(): AbortController {
  const controller = new AbortController();
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  return controller;
}

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  homeFolder: homedir(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  /** Asked for by all but `sg serve`, which handles signals itself. */
  get interrupted() {
    interruption ??= watchInterrupts();
    return interruption.signal;
  },
});

// Standard input may still be open, and would keep the process alive.
if (code !== null) process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
