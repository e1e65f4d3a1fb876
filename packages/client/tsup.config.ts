import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", expression: "src/expression/index.ts", opentelemetry: "src/telemetry/index.ts" },
  format: "esm",
  dts: { resolve: ["@singyeong/protocol"] },
  noExternal: ["@singyeong/protocol"],
  clean: true,
  platform: "neutral",
  target: "es2023",
  splitting: true,
});
