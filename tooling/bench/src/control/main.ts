/** Entry point of the control process: `control.js MODE`. */
import { createBroadcast } from "./broadcast.ts";
import { type ControlMode, controlModes } from "./mode.ts";
import { createBatchedPass, createParsedPass, createPass } from "./pass.ts";
import { serveProxy } from "./proxy.ts";
import { createQueue } from "./queue.ts";
import { createBatchedRelay, createEcho, createRelay } from "./relay.ts";
import type { Handler } from "./seat.ts";
import { serve } from "./serve.ts";
import { serveTarget } from "./target.ts";

const handlers: Record<Exclude<ControlMode, "target" | "proxy">, () => Handler> = {
  idle: () => () => {},
  relay: createRelay,
  batched: createBatchedRelay,
  echo: createEcho,
  broadcast: createBroadcast,
  pass: createPass,
  "pass-parsed": createParsedPass,
  "pass-batched": createBatchedPass,
  queue: createQueue,
};

const mode = controlModes.find((name) => name === process.argv[2]);
if (mode === undefined) throw new Error(`expected one of ${controlModes.join(", ")}`);
if (mode === "target") serveTarget();
else if (mode === "proxy") serveProxy(Number(process.argv[3]));
else serve(handlers[mode]());
