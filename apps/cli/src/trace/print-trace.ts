import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import { plural } from "../output/nodes.ts";
import type { Output } from "../output/output.ts";
import type { Hop, Trace } from "./hop.ts";
import { arrangeHops } from "./hop-tree.ts";
import type { Sent } from "./send-traced.ts";

/** Prints what became of a message and the hops that it took, with when they began and how long they took. */
export async function printTrace(out: Output, traceId: string, sent: Sent, { hops, dropped }: Trace): Promise<void> {
  const { paint } = out;
  const said = sent.ok ? paint("good", sent.message) : paint("bad", escapeText(sent.failure.message));
  out.line(`${paint("faint", traceId)}  ${said}`);
  if (hops.length === 0) return out.line("The server saw nothing of it.");
  const beginMs = Math.min(...hops.map(({ atMs }) => atMs));
  out.line();
  await out.table(
    [
      { title: "hop" },
      { title: "at", align: "right" },
      { title: "took", align: "right" },
      { title: "client" },
      { title: "detail" },
    ],
    arrangeHops(hops).map(({ branch, hop }) => [
      `${branch}${hop.code === null ? "" : paint("bad", "✗ ")}${paint("name", escapeText(hop.name))}`,
      formatDuration(hop.atMs - beginMs),
      formatTook(hop),
      hop.client === null ? "" : escapeText(`${hop.client.app} ${hop.client.id}`),
      paint("faint", describeDetail(hop)),
    ]),
  );
  if (dropped > 0) out.note(`There were ${plural(dropped, "hop")} more, which the server did not keep.`);
}

function formatTook({ kind, durationMs }: Hop): string {
  if (kind === "event") return "";
  return durationMs === null ? "goes on" : formatDuration(durationMs);
}

/** What a hop's name says already. */
const named = /^(?:messaging\.(?:system|operation\.|destination\.)|rpc\.)/;
/** What names of attributes begin with that are the server's own, or usual. */
const prefix = /^(?:singyeong|messaging)\./;

function describeDetail({ code, detail }: Hop): string {
  const parts = Object.entries(detail)
    .filter(([key]) => !named.test(key))
    .map(([key, value]) => `${key.replace(prefix, "")}=${typeof value === "string" ? value : formatJson(value)}`);
  return escapeText([...(code === null ? [] : [code]), ...parts].join(" "));
}
