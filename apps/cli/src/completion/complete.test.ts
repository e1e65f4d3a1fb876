import { describe, expect, it } from "vitest";
import { commands } from "../command-table.ts";
import { topics } from "../help/topics.ts";
import { complete, type Lookup } from "./complete.ts";

const asked: unknown[] = [];
const lookup: Lookup = {
  contexts: () => [{ value: "home", summary: "" }],
  applications: async (options) => {
    asked.push(options);
    return [
      { value: "api", summary: "2 clients" },
      { value: "worker", summary: "1 client" },
    ];
  },
  queues: async () => [{ value: "jobs", summary: "3 ready, 0 dead" }],
  topics: () => topics.map(({ name, summary }) => ({ value: name, summary })),
  serverFlags: async () => [{ value: "--port", summary: "" }],
};

async function values(line: string): Promise<readonly string[]> {
  const { candidates, files } = await complete(commands, line.split(" ").slice(1), lookup);
  return files ? ["(files)"] : candidates.map(({ value }) => value);
}

describe("completion", () => {
  it.each([
    ["sg n", ["nodes"]],
    ["sg --json n", ["nodes"]],
    ["sg -s localhost:1 n", ["nodes"]],
    ["sg context r", ["remove"]],
    ["sg context use ", ["home"]],
    ["sg context use home ", []],
    ["sg nodes a", ["api"]],
    ["sg send ", ["api", "worker"]],
    ["sg send api ", []],
    ["sg send api --dr", ["--droppable", "--dry-run"]],
    ["sg send --keep-going api --keep", []],
    ["sg watch --meta a=1 --me", ["--meta"]],
    ["sg watch -- --me", []],
    ["sg --context ", ["home"]],
    ["sg --context=", ["--context=home"]],
    ["sg bench --event b", ["broadcast"]],
    ["sg bench --event=b", ["--event=broadcast"]],
    ["sg bench --size ", []],
    ["sg --auth-file ", ["(files)"]],
    ["sg completion ", ["bash", "zsh", "fish"]],
    ["sg proxy P", ["POST", "PUT", "PATCH"]],
    ["sg proxy GET /x w", ["worker"]],
    ["sg call m", []],
    ["sg call a", ["api"]],
    ["sg call api add --cod", ["--codec"]],
    ["sg call api add --codec ", ["msgpack", "bytes"]],
    ["sg sub x --from e", ["earliest"]],
    ["sg serve-echo --app w", ["worker"]],
    ["sg queue p", ["push", "peek", "purge", "pause"]],
    ["sg queue push j", ["jobs"]],
    ["sg queue push jobs ", ["api", "worker"]],
    ["sg queue consume jobs --app w", ["worker"]],
    ["sg queue ack jobs ", []],
    ["sg queue purge jobs --state de", ["delayed", "dead"]],
    ["sg serve --p", ["--port"]],
    ["sg help ta", ["targets"]],
    ["sg help to", ["topics"]],
    ["sg help call", ["call", "calls"]],
    ["sg help se", ["send", "serve-echo", "serve-exec", "serve"]],
    ["sg bogus ", []],
  ])("of `%s` offers %j", async (line, expected) => expect(await values(line)).toEqual(expected));

  it("offers every command", async () => {
    expect(await values("sg ")).toEqual(commands.map(({ name }) => name));
  });

  it("asks the server that the line names", async () => {
    asked.length = 0;
    await values("sg -s a:1 --auth=b send --timeout 1s ");
    expect(asked).toEqual([{ server: "a:1", auth: "b", timeout: "1s" }]);
  });
});
