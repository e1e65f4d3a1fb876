import { defineCommand } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Meaning } from "../output/colour.ts";
import { escapeText } from "../output/escape.ts";
import { splitMetadata } from "../output/own-metadata.ts";
import { formatValue } from "../output/value.ts";

export const metaCommand = defineCommand({
  name: "meta",
  group: "look",
  summary: "show the metadata of an application's clients in full, with its types",
  details: [
    "First what the client says about itself, then what the server does. Metadata belongs to a connection and goes with it, so nothing can be set from here: sg watch --meta sets that of a client of its own, for as long as it runs.",
  ],
  arguments: [
    { name: "app", summary: "the application", required: true, complete: "application" },
    { name: "id", summary: "one client of it; all where it is left out" },
  ],
  options: {},
  examples: [
    { line: "sg meta api", does: "every client of api" },
    { line: "sg meta api seoul --json", does: "one of them, for a program" },
  ],
  async run(session, [app, id]) {
    const http = await session.http();
    const found = await http.query({ application: app!, restricted: true }, { timeoutMs: session.global.timeout });
    const nodes = found.filter((node) => id === undefined || node.id === id);
    if (nodes.length === 0)
      throw noClient(
        app!,
        id,
        found.map((node) => node.id),
      );
    const { out } = session;
    if (out.json) {
      out.document(nodes.map(({ app, id, ip, metadata, types }) => ({ app, id, ip, metadata, types })));
      return "ok";
    }
    for (const [i, node] of nodes.entries()) {
      const address = node.ip === null ? "" : out.paint("faint", `  ${escapeText(node.ip)}`);
      out.line(`${i === 0 ? "" : "\n"}${out.paint("heading", escapeText(`${node.app} ${node.id}`))}${address}`);
      const { own, server } = splitMetadata(node.metadata);
      const row = (meaning: Meaning, [key, value]: readonly [string, unknown]) => [
        `  ${out.paint(meaning, escapeText(key))}`,
        node.types[key] ?? "",
        formatValue(value),
      ];
      const rows = [...own.map((entry) => row("name", entry)), ...server.map((entry) => row("faint", entry))];
      await out.table([{ title: "  KEY" }, { title: "TYPE" }, { title: "VALUE" }], rows);
    }
    return "ok";
  },
});

function noClient(app: string, id: string | undefined, ids: readonly string[]): Failure {
  const message =
    id === undefined ? `no client of "${app}" is connected` : `no client "${id}" of "${app}" is connected`;
  const advice =
    ids.length === 0
      ? "sg nodes shows who is."
      : `Its clients: ${ids.slice(0, 10).join(", ")}${ids.length > 10 ? ", …" : "."}`;
  return new Failure("noMatch", "cli/no-client", message, { advice });
}
