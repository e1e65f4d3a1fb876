import { resolve } from "node:path";
import { compose } from "./compose.ts";
import { loadConfig } from "./config/load.ts";
import { formatConfig, formatHelp } from "./config/print.ts";
import type { Config } from "./config/schema.ts";
import { isEverywhere, isLoopback, reachableHost } from "./kernel/address.ts";
import { PluginError } from "./kernel/plugin-error.ts";
import { SettingError } from "./kernel/setting-error.ts";
import { StoreError } from "./kernel/store-error.ts";
import type { RecoveryReport } from "./queue/queues.ts";
import { version } from "./version.ts";

/** What happens to a server that `run` runs. */
export type RunEvent =
  /** It listens; `everywhere` means on all addresses of this machine, and `open` beyond it without a password. */
  | {
      readonly type: "listening";
      readonly url: string;
      readonly port: number;
      readonly everywhere: boolean;
      readonly open: boolean;
    }
  /** What it read back of queues before it listened, and from where; `folder` is null where queues are kept in memory alone. */
  | ({ readonly type: "recovered"; readonly folder: string | null } & RecoveryReport)
  /** It has stopped kindly; the process exits with 0. */
  | { readonly type: "stopped" };

export interface RunOptions {
  /** Told what happens. @default lines for people on standard output */
  readonly report?: (event: RunEvent) => void;
}

/** The first Node.js that undici supports; `JSON.parse` shows the source of numbers, without which long integers lose digits. */
const oldestNode = [22, 19] as const;

/** A second signal that comes later than this after the first ends the process at once. */
const impatienceSeconds = 1;

/**
 * The program: reads settings, serves, and stops at SIGTERM or SIGINT. It owns the process and ends it with an exit
 * code: 0 stopped as asked, 1 could not serve, 2 settings are wrong. Resolves once the server listens, or has printed
 * what it was asked to (`--help`, `--version`, `--print-config`).
 */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { report = print }: RunOptions = {},
): Promise<void> {
  try {
    await start(args, env, report);
  } catch (error) {
    if (error instanceof PluginError) return exit(1, error.message);
    exit(1, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  report: (event: RunEvent) => void,
): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    return exit(1, `needs Node.js ${oldestNode.join(".")} or newer, this is ${process.versions.node}`);
  }
  const loaded = loadConfig(args, env);
  switch (loaded.type) {
    case "help":
      return void process.stdout.write(formatHelp());
    case "version":
      return void process.stdout.write(`${version}\n`);
    case "wrong":
      return exit(2, `settings are wrong:\n${loaded.problems.map((problem) => `  ${problem}`).join("\n")}`);
    case "settings":
      if (loaded.printConfig) return void process.stdout.write(formatConfig(loaded.config, loaded.sources));
      return serve(loaded.config, report);
  }
}

async function serve(config: Config, report: (event: RunEvent) => void): Promise<void> {
  const server = await compose(config).catch((error: unknown) => {
    if (error instanceof SettingError) return exit(2, error.message);
    throw error;
  });
  const port = await server.listen().catch((error: NodeJS.ErrnoException) => {
    if (error instanceof StoreError || error instanceof PluginError) return exit(1, error.message);
    const advice =
      error.code === "EADDRINUSE" ? "; stop what listens there, or choose another with --port or PORT" : "";
    const { tlsCert, tlsKey, tlsClientCa } = config;
    const files = [tlsCert, tlsKey, tlsClientCa].filter((file) => file !== "").join(", ");
    const place = error.syscall === "listen" || files === "" ? "" : ` with ${files}`;
    return exit(1, `cannot listen${place}: ${error.message}${advice}`);
  });
  let stoppedAt: number | null = null;
  const stop = (): void => {
    // Wrappers hand a Ctrl-C on that the terminal has sent here as well: only a later one is meant.
    if (stoppedAt !== null)
      return void (process.uptime() - stoppedAt > impatienceSeconds && exit(1, "stopped at once"));
    stoppedAt = process.uptime();
    void server.drain("server is stopping").then(() => {
      report({ type: "stopped" });
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", () => void server.reload());
  const folder = config.queueStore === "memory" ? null : resolve(config.dataDir);
  report(describeListening(config, port));
  if (server.recovered !== null) report({ type: "recovered", folder, ...server.recovered });
}

/** What is told of a server that listens on a port. */
export function describeListening(config: Config, port: number): RunEvent {
  const { host, tlsCert } = config;
  const url = `${tlsCert === "" ? "ws" : "wss"}://${reachableHost(host)}:${port}/gateway/websocket`;
  const open = !asksForSecrets(config) && !isLoopback(host);
  return { type: "listening", url, port, everywhere: isEverywhere(host), open };
}

/** Whether anybody is turned away; plugins are not looked into. */
function asksForSecrets({ auth, moreAuth, authFile, accounts, jwtKeys, jwksUrl, tlsClientCa }: Config): boolean {
  const texts = [auth, authFile, jwtKeys, jwksUrl, tlsClientCa, ...moreAuth];
  return accounts.length > 0 || texts.some((text) => text !== "");
}

function print(event: RunEvent): void {
  if (event.type === "stopped") return void process.stdout.write("stopped\n");
  if (event.type === "recovered") return void process.stdout.write(`${describeQueues(event)}\n`);
  const note = event.everywhere ? " (and on all addresses of this machine)" : "";
  process.stdout.write(`singyeong ${version} listening on ${event.url}${note}\n`);
  if (event.open) process.stdout.write("warning: AUTH is not set, so everyone who reaches this address is trusted\n");
}

/** A sentence about the queues that a server begins with. */
function describeQueues({
  folder,
  queues,
  ready,
  leased,
  delayed,
  dead,
}: Extract<RunEvent, { type: "recovered" }>): string {
  if (folder === null) return "queues are kept in memory and end with this server";
  if (queues === 0) return `queues are kept in ${folder}`;
  const states = { ready, "leased until then": leased, delayed, dead };
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return `${queues} ${queues === 1 ? "queue" : "queues"} read back from ${folder}: ${counts.join(", ")}`;
}

function exit(code: number, message: string): never {
  process.stderr.write(`singyeong: ${message}\n`);
  process.exit(code);
}
