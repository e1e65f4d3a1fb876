import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    main: "src/main.ts",
    control: "src/control/main.ts",
    clients: "src/clients/main.ts",
    parties: "src/parties/main.ts",
  },
  format: "esm",
  clean: true,
  target: "node22",
});
