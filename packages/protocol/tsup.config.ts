import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    codec: "src/codec/index.ts",
    expression: "src/expression/index.ts",
    schema: "src/schema/index.ts",
  },
  format: "esm",
  dts: true,
  clean: true,
  target: "node22",
});
