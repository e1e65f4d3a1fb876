import { createInterface } from "node:readline";
import { defineCommand } from "../command.ts";
import { misuse } from "../failure.ts";
import { choice, flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { QueueInfo } from "../queue/queue-api.ts";
import { queueArgument } from "../queue/queue-argument.ts";
import type { Session } from "../session.ts";

export const queuePurge = defineCommand({
  name: "purge",
  group: "messages",
  summary: "remove all messages in a state, for good",
  details: [
    "Asks before it does; where nobody can be asked, --yes is needed. Leased messages stay with those who hold them, also with --state all.",
  ],
  arguments: [queueArgument],
  options: {
    state: choice(["ready", "delayed", "dead", "all"], undefined, "which messages"),
    yes: flag("do not ask", { short: "y" }),
  },
  examples: [
    { line: "sg queue purge jobs --state dead", does: "what nobody will look into any more" },
    { line: "sg queue purge jobs --state all --yes", does: "all that is not being dealt with, without being asked" },
  ],
  async run(session, [name], { state, yes }) {
    const { out, system } = session;
    if (state === undefined)
      throw misuse("--state is missing", "It says which messages go: ready, delayed, dead or all.");
    if (!yes && (system.stdin.isTTY !== true || out.json))
      throw misuse("this removes messages for good, and nobody can be asked here", "--yes says that you mean it.");
    const api = await session.queues();
    if (!yes) {
      const count = countOf(await api.info(name!), state);
      const which = state === "all" ? "" : `${state} `;
      const question = `Remove ${plural(count, `${which}message`)} of ${escapeText(name!)} for good? [y/N] `;
      if (!(await ask(session, question))) {
        out.note("Nothing was removed.");
        return "ok";
      }
    }
    const count = await api.purge(name!, state);
    if (out.json) out.document({ count });
    else out.line(`${out.paint("good", "✓ ")}${plural(count, "message")} removed`);
    return "ok";
  },
});

function countOf({ ready, delayed, dead }: QueueInfo, state: "ready" | "delayed" | "dead" | "all"): number {
  return { ready, delayed, dead, all: ready + delayed + dead }[state];
}

/** Asks on standard error; what is no yes is a no. */
async function ask({ system }: Session, question: string): Promise<boolean> {
  system.stderr.write(question);
  for await (const line of createInterface({ input: system.stdin })) return /^y(es)?$/i.test(line.trim());
  return false;
}
