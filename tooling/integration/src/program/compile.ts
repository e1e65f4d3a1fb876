import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Options } from "tsup";

const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Compiles the scenarios into the folder of a project that has installed the packed client: `program.js` for
 * processes, `peer.js` for those that are killed, `modules/page.js` for pages that load the client as it is, `bundle/page.js` with the client in it.
 */
export async function compileProgram(consumer: string): Promise<void> {
  const shared: Options = { config: false, format: "esm", target: "es2022", silent: true };
  const outside = { external: [/^@singyeong\//] };
  await build({
    ...shared,
    ...outside,
    entry: { program: source("main.ts"), peer: source("peer.ts") },
    outDir: consumer,
  });
  const modules = join(consumer, "modules");
  await build({ ...shared, ...outside, entry: { page: source("page.ts") }, platform: "browser", outDir: modules });
  // From where it lies by now, the client is the one that was installed.
  const entry = { page: join(modules, "page.js") };
  const outDir = join(consumer, "bundle");
  await build({ ...shared, entry, noExternal: [/.*/], platform: "browser", outDir });
}
