// The program that runs one scenario in Node.js, Deno or Bun: its name is the argument.
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers";
import { setHeapMeter, watchGlobals } from "./census.ts";
import { createRejections } from "./rejections.ts";
import { perform } from "./world.ts";

const lines = createInterface({ input: process.stdin });
const rejections = createRejections();
process.on("unhandledRejection", rejections.note);

watchGlobals();
setHeapMeter(async () => {
  // Some garbage is only found to be such after another has gone, and finalizers run between turns.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => after(resolve, 0));
  }
  return process.memoryUsage().heapUsed;
});

const { scenarios } = await import("./scenarios/index.ts");
const scenario = scenarios[process.argv[2]!]!;
const channel = {
  post: async (message: object) => void process.stdout.write(`${JSON.stringify(message)}\n`),
  listen: (handler: (answer: never) => void) => lines.on("line", (line) => handler(JSON.parse(line) as never)),
};
// When the harness has closed our input nothing is left to do: whoever is still here by then tells why.
lines.on("close", () => {
  const report = (): void => console.error("still active:", process.getActiveResourcesInfo?.() ?? "unknown");
  after(report, 4000).unref();
});
await perform(scenario, channel, rejections);

function collectGarbage(): void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(synchronously: boolean): void } };
  if (Bun === undefined) gc!();
  else Bun.gc(true);
}
