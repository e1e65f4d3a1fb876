import { isAbsolute, join, relative, resolve } from "node:path";
import { type Command, defineCommand } from "../command.ts";
import { text } from "../options/option.ts";

const pluginNew = defineCommand({
  name: "new",
  group: "server",
  summary: "write a plugin that works, to begin with",
  details: [
    "It has an event of its own, a route, settings and a test against a real server. A server that runs in this folder loads what lies in ./plugins by itself.",
  ],
  arguments: [{ name: "name", summary: "small letters, digits and -", required: true }],
  options: { folder: text("folder", "where it is written; default plugins/NAME") },
  examples: [
    { line: "sg plugin new counter", does: "into plugins/counter" },
    { line: "sg plugin new counter --folder ../counter", does: "somewhere else" },
  ],
  async run({ out }, [name], { folder: given }) {
    const { writePlugin } = await import("../plugin/write-plugin.ts");
    const folder = given ?? join("plugins", name!);
    const files = writePlugin(name!, resolve(folder));
    if (out.json) out.document({ name, folder: resolve(folder), files });
    else {
      const shown = (path: string): string => relative(process.cwd(), path) || ".";
      out.line(`Wrote the plugin ${out.paint("name", name!)}:`);
      for (const file of files) out.line(`  ${shown(file)}`);
      out.line();
      out.line(out.paint("heading", "Next"));
      const isFound = given === undefined;
      const path = isAbsolute(folder) || folder.startsWith(".") ? folder : `./${folder}`;
      out.line("  Until the packages are on npm they come from a checkout of singyeong, here called CHECKOUT:");
      const steps = [
        ["(cd CHECKOUT && npx --yes pnpm@12 packed)", "packs them into CHECKOUT/packed"],
        [`(cd ${quote(folder)} && npm install CHECKOUT/packed/*.tgz)`, "what it needs"],
        [`(cd ${quote(folder)} && npm test)`, "its test, against a server of its own"],
        [isFound ? "sg serve" : `sg serve --plugins ${quote(path)}`, isFound ? "loads all of ./plugins" : "loads it"],
        [`curl localhost:4567/api/v1/plugin/${name}`, "in another terminal: its route"],
      ] as const;
      const width = Math.max(...steps.map(([line]) => line.length));
      for (const [line, does] of steps) out.line(`  ${line.padEnd(width)}  ${out.paint("faint", `# ${does}`)}`);
    }
    return "ok";
  },
});

export const pluginCommand: Command = defineCommand({
  name: "plugin",
  group: "server",
  summary: "begin a plugin for a server",
  details: ["Plugins add events, routes and rules of their own to a server: docs/guides/plugins.md."],
  subcommands: [pluginNew],
  examples: [{ line: "sg plugin new counter", does: "write one into plugins/counter" }],
});

/** A path as a shell takes it. */
function quote(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
