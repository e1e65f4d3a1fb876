import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "src/setup.ts",
    testTimeout: 40_000,
    hookTimeout: 40_000,
    // Tests wait for servers and runtimes more than they compute.
    sequence: { groupOrder: 1 },
    maxWorkers: 3,
  },
});
