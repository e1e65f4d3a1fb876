#!/usr/bin/env node
import { compose } from "./compose.ts";
import { loadConfig } from "./config/load.ts";
import { formatConfig, formatHelp } from "./config/print.ts";
import type { Config } from "./config/schema.ts";
import { isLoopback } from "./kernel/address.ts";
import { version } from "./version.ts";

/** The first Node.js whose `JSON.parse` shows the source of numbers, without which long integers lose digits. */
const oldestNode = 22;

/** A second signal that comes later than this after the first ends the process at once. */
const impatienceSeconds = 1;

/** Exit codes: 0 stopped as asked, 1 could not serve, 2 settings are wrong. */
async function main(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    return exit(1, `needs Node.js ${oldestNode} or newer, this is ${process.versions.node}`);
  }
  const loaded = loadConfig(process.argv.slice(2), process.env);
  if (loaded.ok === "help") return void process.stdout.write(formatHelp());
  if (loaded.ok === "version") return void process.stdout.write(`${version}\n`);
  if (!loaded.ok) return exit(2, `settings are wrong:\n${loaded.problems.map((problem) => `  ${problem}`).join("\n")}`);
  if (loaded.printConfig) return void process.stdout.write(formatConfig(loaded.config, loaded.sources));
  await serve(loaded.config);
}

async function serve(config: Config): Promise<void> {
  const server = await compose(config);
  const port = await server.listen().catch((error: NodeJS.ErrnoException) => {
    const advice =
      error.code === "EADDRINUSE" ? "; stop what listens there, or choose another with --port or PORT" : "";
    return exit(1, `cannot listen: ${error.message}${advice}`);
  });
  const [host, note] =
    config.host === "0.0.0.0" ? ["localhost", " (and on all addresses of this machine)"] : [config.host, ""];
  process.stdout.write(`singyeong ${version} listening on ws://${host}:${port}/gateway/websocket${note}\n`);
  if (config.auth === "" && !isLoopback(config.host)) {
    process.stdout.write("warning: AUTH is not set, so everyone who reaches this address is trusted\n");
  }
  let stoppedAt: number | null = null;
  const stop = (): void => {
    // Wrappers hand a Ctrl-C on that the terminal has sent here as well: only a later one is meant.
    if (stoppedAt !== null)
      return void (process.uptime() - stoppedAt > impatienceSeconds && exit(1, "stopped at once"));
    stoppedAt = process.uptime();
    void server.drain("server is stopping").then(() => {
      process.stdout.write("stopped\n");
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function exit(code: number, message: string): never {
  process.stderr.write(`singyeong: ${message}\n`);
  process.exit(code);
}

main().catch((error: Error) => exit(1, error.stack ?? error.message));
