import { cpSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "src/main.ts" },
  format: "esm",
  splitting: true,
  clean: true,
  target: "node22",
  /** What `sg plugin new` writes is kept, and tested, where plugins are defined. */
  async onSuccess() {
    cpSync("../../packages/plugin/template", "dist/plugin-template", { recursive: true });
  },
});
