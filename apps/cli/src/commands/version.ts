import { defineCommand } from "../command.ts";
import { maskServer } from "../connection/mask-server.ts";
import { flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { version } from "../version.ts";

export const versionCommand = defineCommand({
  name: "version",
  group: "self",
  summary: "print the version of sg, and of the server where you ask for it",
  options: { remote: flag("ask the server as well; --server and --context imply it", { short: "r" }) },
  examples: [
    { line: "sg version", does: "this program's version" },
    { line: "sg version --remote --json", does: "and the server's, for a program" },
  ],
  async run({ out, global, http, connection }, _args, { remote }) {
    const asks = remote || global.server !== undefined || global.context !== undefined;
    const answer = asks ? await (await http()).version({ timeoutMs: global.timeout }) : null;
    if (out.json) {
      const server = answer && {
        version: answer.singyeong,
        api: answer.api,
        address: maskServer((await connection()).server),
      };
      out.document({ sg: version, node: process.versions.node, ...(server && { server }) });
      return "ok";
    }
    out.line(`sg ${version} on Node.js ${process.versions.node}`);
    if (answer !== null) out.line(`server ${escapeText(answer.singyeong)}, protocol ${escapeText(answer.api)}`);
    return "ok";
  },
});
