import type { Job } from "@singyeong/client";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatTime } from "../output/time.ts";

/** Shows a message on a line; `fit` cuts it to the terminal. */
export function showJob(out: Output, job: Job, fit: (line: string) => string): void {
  const { queue, id, attempt, payload, headers } = job;
  if (out.json) out.record({ queue, id, attempt, payload, headers });
  else out.line(fit(formatJob(job, out)));
}

function formatJob({ id, attempt, payload, headers }: Job, { paint }: Output): string {
  return [
    paint("faint", formatTime(Date.now())),
    paint("name", escapeText(id)),
    formatJson(payload),
    ...(attempt === 1 ? [] : [paint("unsure", `attempt ${attempt}`)]),
    ...Object.entries(headers).map(([name, value]) => paint("faint", escapeText(`${name}: ${value}`))),
  ].join("  ");
}
