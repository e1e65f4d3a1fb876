import type { Rule, Run } from "../story.ts";

/**
 * A process ends when it is killed, or kindly when it is stopped, and never by itself; it starts, whatever the one before
 * left behind; and it closes no connection but when it stops. The history is complete.
 */
export const processes: Rule = function* (story) {
  const rule = "processes";
  for (const run of story.runs.values()) {
    const lines = [run.spawnedLine, ...(run.ending === null ? [] : [run.ending.line])];
    if (run.exited !== null) lines.push(run.exited.line);
    const text = judge(run);
    if (text !== null) yield { rule, text: `run ${run.number} ${text}`, lines };
  }
  for (const { number, client, run, cutLine, closedLine, openedLine } of story.connections.values()) {
    if (closedLine === null || closedLine > cutLine) continue;
    if (run.ending !== null && run.ending.line < closedLine) continue;
    const text = `the server closed connection ${number} of ${client} without a reason`;
    yield { rule, text, lines: [openedLine, closedLine] };
  }
  if (!story.ended) yield { rule, text: "the history breaks off", lines: [] };
};

function judge({ ending, exited, listeningLine }: Run): string | null {
  if (exited === null) return "never ended";
  const how = exited.signal ?? `code ${exited.code}`;
  const said = exited.errors === "" ? "" : `, saying ${JSON.stringify(exited.errors)}`;
  if (ending === null || exited.line < ending.line) return `ended by itself (${how})${said}`;
  if (ending.by === "kill" && exited.signal !== "SIGKILL") return `was killed and ended with ${how}${said}`;
  if (ending.by === "stop" && exited.code !== 0) return `was stopped and ended with ${how}${said}`;
  return listeningLine === null && ending.during !== "recovery" ? "never listened" : null;
}
