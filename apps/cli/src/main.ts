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

let outputEnd: AbortController | undefined;
let interrupts: ReturnType<typeof watchInterrupts> | undefined;

// A reader that has seen enough (`sg nodes | head`) ends us quietly, and what is under way with us.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (outputEnd?.signal.aborted) return;
  if (code !== "EPIPE" || outputEnd === undefined) process.exit(code === "EPIPE" ? 0 : 1);
  outputEnd.abort();
});
process.stderr.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 1));

/** How long the second Ctrl-C leaves for telling the server, in milliseconds. */
const farewellMs = 1000;

/** The first Ctrl-C ends what runs. The second one, while that takes its time, only lets the server know; the third not even that. */
function watchInterrupts(): { readonly interrupted: AbortController; readonly hurried: AbortController } {
  const [interrupted, hurried] = [new AbortController(), new AbortController()];
  process.on("SIGINT", () => {
    if (hurried.signal.aborted) process.exit(130);
    if (!interrupted.signal.aborted) return interrupted.abort();
    setTimeout(() => process.exit(130), farewellMs);
    hurried.abort();
  });
  return { interrupted, hurried };
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
    interrupts ??= watchInterrupts();
    return interrupts.interrupted.signal;
  },
  get hurried() {
    interrupts ??= watchInterrupts();
    return interrupts.hurried.signal;
  },
  /** Asked for by all that have something to end: the others end at once. */
  get outputGone() {
    outputEnd ??= new AbortController();
    return outputEnd.signal;
  },
});

// Standard input may still be open, and would keep the process alive.
if (code !== null) process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
