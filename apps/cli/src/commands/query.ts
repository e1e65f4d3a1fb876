import { defineCommand } from "../command.ts";
import { commaList, flag } from "../options/option.ts";
import { printNodes } from "../output/nodes.ts";
import { targetArguments, targetOptions } from "../target/target-options.ts";

export const queryCommand = defineCommand({
  name: "query",
  group: "look",
  summary: "list the clients that a target matches",
  details: [
    "Shows what the clients have at the paths that the query compares, or at those of --show. Nothing is sent.",
  ],
  arguments: targetArguments,
  options: {
    ...targetOptions,
    show: commaList("paths", "columns: paths into metadata, separated by commas"),
    exitCode: flag("end with 5 where nobody matches, instead of 0"),
  },
  examples: [
    { line: "sg query api 'latency<=100 && region=eu'", does: "who is fast, in Europe" },
    { line: "sg query '*' --tags edge,asia --show region,version", does: "who has these tags, and where they are" },
    { line: "sg query api --min latency", does: "the fastest" },
  ],
  async run(session, args, { show, exitCode, ...options }) {
    const { readTarget, comparedPaths, readPath } = await import("../target/target.ts");
    const target = readTarget(args, options);
    const http = await session.http();
    const nodes = await http.query(target, { timeoutMs: session.global.timeout });
    await printNodes(session.out, nodes, show.length > 0 ? show.map(readPath) : comparedPaths(target));
    return nodes.length === 0 && exitCode ? "noMatch" : "ok";
  },
});
