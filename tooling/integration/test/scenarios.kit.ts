import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { promises } from "../src/program/scenarios/index.ts";
import type { Runtime } from "../src/runtimes/runtime.ts";
import { createStage } from "../src/stage/stage.ts";

/** Holds the packed client to every promise on one runtime. */
export function describeRuntime(name: string, create: (consumer: string) => Runtime | Promise<Runtime>): void {
  describe(`the packed client on ${name}`, () => {
    const consumers = inject("consumers");
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await create(join(consumers, "client"));
    });
    afterAll(() => runtime?.[Symbol.asyncDispose]());

    const run = async (scenario: string): Promise<string | null> => {
      await using stage = createStage(join(consumers, "server"), join(consumers, "client"));
      // Awaited here: the stage is gone as soon as this returns.
      return await runtime.run(scenario, stage.commands);
    };
    for (const promise of Object.keys(promises)) {
      it(promise, async () => expect(await run(promise)).toBeNull());
    }
    it("would show an assertion that fails", async () => {
      expect(await run("asserts what is not so")).toContain("not so");
    });
    it("would show a rejection that nobody handles", async () => {
      expect(await run("leaves a rejection alone")).toContain("left alone");
    });
  });
}
