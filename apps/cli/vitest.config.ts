import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{src,test}/**/*.test.ts"],
    // Tests run the program as a process of its own, some of them dozens of times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
