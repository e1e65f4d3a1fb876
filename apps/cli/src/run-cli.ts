import { commands } from "./command-table.ts";
import { toFailure } from "./describe-error.ts";
import { exitCodes, type Outcome } from "./exit-codes.ts";
import { formatFailure, formatFailureJson } from "./output/failure.ts";
import { parseCommandLine } from "./program.ts";
import { createSession } from "./session.ts";
import type { System } from "./system.ts";

/** Runs a command line; resolves with the exit code, or with `null` where a server runs on. */
export async function runCli(argv: readonly string[], system: System): Promise<number | null> {
  try {
    const outcome = await dispatch(argv, system);
    return outcome === "serving" ? null : exitCodes[outcome].code;
  } catch (error) {
    const failure = toFailure(error);
    const end = argv.indexOf("--");
    const asJson = argv.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--json" || arg === "-j");
    system.stderr.write(asJson ? formatFailureJson(failure) : formatFailure(failure, system));
    return exitCodes[failure.outcome].code;
  }
}

async function dispatch(argv: readonly string[], system: System): Promise<Outcome | "serving"> {
  const serveAt = argv[0] === "--json" || argv[0] === "-j" ? 1 : 0;
  // Its flags are the server's own, all of them.
  if (argv[serveAt] === "serve") {
    const { serve } = await import("./commands/serve.ts");
    return serve(argv.toSpliced(0, serveAt + 1), system, serveAt === 1);
  }
  if (argv[0] === "__complete") {
    const { runComplete } = await import("./completion/run-complete.ts");
    return runComplete(argv.slice(1), system);
  }
  const asksVersion = argv[0] === "--version" || argv[0] === "-V";
  const request = parseCommandLine(commands, asksVersion ? argv.with(0, "version") : argv);
  if (request.type === "help") {
    const { printHelp } = await import("./help/help.ts");
    printHelp(request.path, system);
    return "ok";
  }
  const { command, args, options, global } = request;
  const session = createSession(system, global);
  const work = command.run!(session, args, options).then((outcome) => outcome ?? "ok");
  const ends = [work, ended(system.outputGone, "ok"), ended(system.hurried, "interrupted")];
  if (command.endsOnInterrupt !== true) ends.push(ended(system.interrupted, "interrupted"));
  try {
    return await Promise.race(ends);
  } catch (error) {
    if (system.outputGone.aborted) return "ok";
    if (system.interrupted.aborted) return "interrupted";
    throw error;
  } finally {
    session.progress.clear();
    await session.end();
  }
}

/** Resolves when the signal is aborted; what was under way is left to itself, and fails in silence. */
function ended(signal: AbortSignal, outcome: Outcome): Promise<Outcome> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(outcome);
    signal.addEventListener("abort", () => resolve(outcome), { once: true });
  });
}
