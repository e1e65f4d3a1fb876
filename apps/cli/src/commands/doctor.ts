import { readServer } from "@singyeong/client";
import { defineCommand } from "../command.ts";
import { parseAddress } from "../connection/address.ts";
import { maskServer } from "../connection/mask-server.ts";
import type { ConnectionSettings } from "../connection/settings.ts";
import type { ContextStore } from "../context/store.ts";
import { type Check, ok, type Result, runChecks, warn } from "../doctor/check.ts";
import type { Outcome } from "../exit-codes.ts";
import { text } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import type { Output } from "../output/output.ts";
import type { Session } from "../session.ts";

const ownApp = "sg-doctor";

export const doctorCommand = defineCommand({
  name: "doctor",
  group: "server",
  summary: "check step by step whether a server can be used from here",
  details: ["The exit code is that of the first check that failed. Warnings do not count."],
  examples: [
    { line: "sg doctor --context prod", does: "why prod cannot be reached, say" },
    { line: "sg doctor --app orders --auth-file token", does: "with a token that permits orders alone" },
  ],
  options: { app: text("app", `the application to connect as; default that of the DSN, else ${ownApp}`) },
  async run(session, _args, { app }) {
    const connection = await session.connection();
    // Settings that hold no address are refused before.
    const address = parseAddress(connection.server)!;
    const [{ createNetworkChecks }, { createClientChecks }, { createQueueCheck }] = await Promise.all([
      import("../doctor/network-checks.ts"),
      import("../doctor/client-checks.ts"),
      import("../doctor/queue-check.ts"),
    ]);
    const checks = [
      settingsCheck(connection),
      contextsCheck(session.contexts),
      ...createNetworkChecks(session, address),
      ...createClientChecks(session, app ?? readServer(connection.server).application ?? ownApp),
      createQueueCheck(session),
    ];
    const results: Result[] = [];
    for await (const result of runChecks(checks)) {
      results.push(result);
      if (!session.out.json) print(session.out, result);
    }
    return conclude(results, session);
  },
});

function settingsCheck({ server, serverSource, encoding }: ConnectionSettings): Check {
  const spoken = encoding === undefined ? "" : `, speaking ${encoding}`;
  return { name: "settings", run: async () => ok(`${escapeText(maskServer(server))} (from ${serverSource})${spoken}`) };
}

function contextsCheck(contexts: ContextStore): Check {
  return {
    name: "contexts",
    async run() {
      const names = contexts.names();
      const exposed = names.filter(contexts.isExposed);
      if (exposed.length === 0)
        return ok(names.length === 0 ? "none are kept" : `${names.length} kept, readable by you alone`);
      const advice = `Make them yours alone: chmod 600 ${exposed.map(contexts.path).join(" ")}`;
      return warn(`others can read ${exposed.join(", ")}`, advice);
    },
  };
}

const marks = {
  ok: ["good", "✓"],
  warn: ["unsure", "!"],
  fail: ["bad", "✗"],
  skipped: ["faint", "-"],
} as const;

function print({ paint, line }: Output, { name, status, message, advice }: Result): void {
  const [meaning, mark] = marks[status];
  line(`${paint(meaning, mark)} ${name.padEnd(10)}${status === "skipped" ? paint("faint", message) : message}`);
  if (advice !== undefined) line(`${" ".repeat(12)}${paint("faint", advice)}`);
}

function conclude(results: readonly Result[], { out }: Session): Outcome {
  const failed = results.find(({ status }) => status === "fail");
  const warnings = results.filter(({ status }) => status === "warn").length;
  if (out.json) out.document({ ok: failed === undefined, checks: results });
  else if (failed !== undefined) out.line(`\nThis does not work yet: see ${out.paint("bad", failed.name)} above.`);
  else out.line(`\nAll is well${warnings === 0 ? "." : ", but for what is marked with !."}`);
  return failed?.outcome ?? "ok";
}
