import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, connect } from "@singyeong/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findKept, readClaims } from "../src/snippets/claims.ts";
import { findDocuments, locate } from "../src/snippets/documents.ts";
import { expectedExit } from "../src/snippets/extract.ts";
import { compilePrograms, findPrograms, type Program } from "../src/snippets/programs.ts";
import { type Running, start } from "../src/snippets/running.ts";
import { createStage, type Stage } from "../src/stage/stage.ts";

const otherPort = fileURLToPath(new URL("../src/snippets/other-port.js", import.meta.url));
const consumers = inject("consumers");

const shown = new Map<string, readonly Program[]>();
for (const document of await findDocuments()) shown.set(document, await findPrograms(locate(document)));
let fileOf: (document: string, program: Program) => string;

beforeAll(async () => {
  fileOf = await compilePrograms(shown, join(consumers, "snippets"));
});

for (const [document, programs] of shown) {
  describe(`the programs in ${document}`, () => {
    const staying: Running[] = [];
    let stage: Stage;
    let server: string;
    /** Sees who connects, and so when a program that stays is there. */
    let watcher: Client;

    beforeAll(async () => {
      stage = createStage(join(consumers, "server"), join(consumers, "client"));
      server = await stage.commands.startServer();
      watcher = await connect({ servers: server, app: "watcher", presence: true });
    });
    afterAll(async () => {
      await watcher?.close();
      const stops = await Promise.allSettled(staying.map((running) => running.stop()));
      await stage?.[Symbol.asyncDispose]();
      for (const stop of stops) if (stop.status === "rejected") throw stop.reason;
    });

    for (const program of programs.filter(({ manner }) => manner !== "types only")) {
      it(`line ${program.line} runs`, async () => {
        const file = fileOf(document, program);
        const env = { ...process.env, SNIPPET_PORT: server.split(":")[1]! };
        const joined = new Promise((resolve) => watcher.on("joined", resolve));
        const running = start(process.execPath, ["--import", otherPort, file], dirname(file), env);
        if (program.manner === "stays") {
          staying.push(running);
          await joined;
          return;
        }
        const output = await running.finish(expectedExit(program.manner));
        const claims = readClaims(program.code);
        expect(findKept(claims, output.split("\n")), output).toEqual(claims.map(({ line }) => line));
      });
    }
  });
}
