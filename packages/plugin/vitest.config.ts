import { defineConfig } from "vitest/config";

// The template's own test runs with node:test, where the template is copied to.
export default defineConfig({ test: { include: ["src/**/*.test.ts"] } });
