import { defineCommand } from "../command.ts";
import { printNodes } from "../output/nodes.ts";
import { targetOptions } from "../target/target-options.ts";

export const nodesCommand = defineCommand({
  name: "nodes",
  group: "look",
  summary: "list the clients that are connected, by application",
  details: ["Clients in restricted mode are listed too."],
  arguments: [{ name: "app", summary: "only clients of this application", complete: "application" }],
  options: { tags: targetOptions.tags },
  examples: [
    { line: "sg nodes", does: "everyone" },
    { line: "sg nodes api --json | jq -r '.[].id'", does: "the ids of one application's clients" },
  ],
  async run(session, [app], { tags }) {
    const { readTarget } = await import("../target/target.ts");
    const target = readTarget(app === undefined && tags.length === 0 ? ["*"] : app === undefined ? [] : [app], {
      tags,
      restricted: true,
    });
    const http = await session.http();
    const nodes = await http.query(target, { timeoutMs: session.global.timeout });
    await printNodes(session.out, nodes, []);
    return "ok";
  },
});
