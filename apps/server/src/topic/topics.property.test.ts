import fc from "fast-check";
import { describe, it } from "vitest";
import { topicSteps } from "./steps.kit.ts";
import { walkTopics } from "./walk.kit.ts";

describe("topics", () => {
  it("do what their page says, whatever happens in whatever order, restarts and crashes included", async () => {
    await fc.assert(fc.asyncProperty(topicSteps, walkTopics), { numRuns: 300 });
  }, 60_000);
});
