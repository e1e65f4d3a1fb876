import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { findPublished } from "../src/packages/pack.ts";
import { locate } from "../src/snippets/documents.ts";
import { expectedExit, extractSnippets } from "../src/snippets/extract.ts";
import { type Running, start } from "../src/snippets/running.ts";
import { prepareShell, type Shell, scriptOf, stays } from "../src/snippets/shell.ts";
import { findFreePort } from "../src/stage/free-port.ts";

const document = "apps/cli/README.md";
const consumer = join(inject("consumers"), "snippets");
const snippets = await extractSnippets(locate(document), ["sh", "console"]);

// The document starts its own server, as its reader does, and everything else goes to that one.
describe(`the commands in ${document}`, () => {
  const staying: Running[] = [];
  let shell: Shell;

  beforeAll(async () => {
    const folder = await mkdtemp(join(consumer, "shell-"));
    shell = await prepareShell(folder, consumer, await findPublished(), await findFreePort());
  });
  afterAll(async () => {
    const stops = await Promise.allSettled(staying.map((running) => running.stop()));
    for (const stop of stops) if (stop.status === "rejected") throw stop.reason;
  });

  for (const snippet of snippets) {
    const script = scriptOf(snippet);
    it(`line ${snippet.line}: ${script.split("\n")[0]}`, async () => {
      const here = script.replace(/\b4567\b/g, shell.env.SNIPPET_PORT!);
      const running = start("bash", ["-e", "-o", "pipefail", "-c", here], shell.cwd, shell.env);
      if (!stays(snippet)) return void (await running.finish(expectedExit(snippet.manner)));
      staying.push(running);
      await running.ready();
    });
  }
});
