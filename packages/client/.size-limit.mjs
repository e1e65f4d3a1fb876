// Budgets of what a browser loads, minified and compressed with gzip; `pnpm check` holds us to them.

/** Leaves out what is loaded with its first use (docs/decisions/0023). */
const onDemand = {
  name: "on-demand",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};
const atFirst = (config) => ({ ...config, format: "esm", plugins: [onDemand] });
const dist = { path: "dist/index.js", gzip: true };

export default [
  { ...dist, name: "{ connect }", import: "{ connect }", limit: "14.1 kB", modifyEsbuildConfig: atFirst },
  { ...dist, name: "*", import: "*", limit: "17.2 kB", modifyEsbuildConfig: atFirst },
  { ...dist, name: "* and all that is loaded on demand", import: "*", limit: "56 kB" },
  { ...dist, name: "expression", path: "dist/expression.js", import: "*", limit: "6 kB" },
];
