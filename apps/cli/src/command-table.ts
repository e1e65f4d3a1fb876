import type { Command } from "./command.ts";
import { benchCommand } from "./commands/bench.ts";
import { broadcastCommand } from "./commands/broadcast.ts";
import { callCommand } from "./commands/call.ts";
import { completionCommand } from "./commands/completion.ts";
import { contextCommand } from "./commands/context.ts";
import { discoverCommand } from "./commands/discover.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { helpCommand } from "./commands/help.ts";
import { metaCommand } from "./commands/meta.ts";
import { nodesCommand } from "./commands/nodes.ts";
import { pluginCommand } from "./commands/plugin.ts";
import { proxyCommand } from "./commands/proxy.ts";
import { pubCommand } from "./commands/pub.ts";
import { queryCommand } from "./commands/query.ts";
import { queueCommand } from "./commands/queue.ts";
import { sendCommand } from "./commands/send.ts";
import { serveCommand } from "./commands/serve.ts";
import { serveEcho } from "./commands/serve-echo.ts";
import { serveExec } from "./commands/serve-exec.ts";
import { subCommand } from "./commands/sub.ts";
import { traceCommand } from "./commands/trace.ts";
import { versionCommand } from "./commands/version.ts";
import { watchCommand } from "./commands/watch.ts";

/** Every command, in the order of the overview. */
export const commands: readonly Command[] = [
  sendCommand,
  broadcastCommand,
  watchCommand,
  callCommand,
  serveEcho,
  serveExec,
  pubCommand,
  subCommand,
  queueCommand,
  proxyCommand,
  nodesCommand,
  queryCommand,
  explainCommand,
  traceCommand,
  metaCommand,
  discoverCommand,
  serveCommand,
  pluginCommand,
  doctorCommand,
  benchCommand,
  contextCommand,
  completionCommand,
  versionCommand,
  helpCommand,
];
