import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      "packages/*",
      "apps/*",
      "tooling/bench",
      "tooling/crash",
      "tooling/e2e",
      "tooling/integration",
      "examples/plugins/*",
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
