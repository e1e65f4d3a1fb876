import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "src/main.ts" },
  format: "esm",
  splitting: true,
  clean: true,
  target: "node22",
});
