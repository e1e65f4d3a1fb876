import fc from "fast-check";
import { describe, it } from "vitest";
import { steps } from "./commands.kit.ts";
import { walk } from "./drive.kit.ts";

describe("queues", () => {
  it("do what their page says, whatever happens in whatever order, restarts and crashes included", async () => {
    await fc.assert(fc.asyncProperty(steps, walk), { numRuns: 300 });
  }, 60_000);
});
