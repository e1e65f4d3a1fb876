import type { ChildProcess } from "node:child_process";

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Whatever happens to this process, the child does not outlive it. */
export function neverOutlive(child: ChildProcess): void {
  children.add(child);
  child.once("exit", () => children.delete(child));
}
