import { defineConfig } from "vitest/config";

/** Seconds of fuzzing per listener: a few in every run, a minute under `pnpm fuzz` unless `FUZZ_SECONDS` says more. */
export default defineConfig(({ mode }) => {
  const seconds = process.env.FUZZ_SECONDS ?? (mode === "fuzz" ? "60" : "3");
  return {
    test: {
      include: ["test/**/*.test.ts"],
      env: { FUZZ_SECONDS: seconds },
      testTimeout: 10_000 + Number(seconds) * 2000,
      hookTimeout: 15_000,
      // Tests wait for servers more than they compute.
      maxWorkers: 4,
    },
  };
});
