import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findModules } from "./find-modules.ts";
import { loadDefinition } from "./load-definition.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "singyeong-plugins-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function write(file: string, text = "export default { name: 'a', version: '1.0.0' }"): string {
  const path = join(cwd, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const find = (modules: readonly string[], folder = ""): readonly string[] =>
  findModules({ modules, folder, cwd }).map((file) => file.slice(cwd.length + 1));

describe("plugins that are listed", () => {
  it("are found by their path, be it a file, a folder or an address", () => {
    write("own/a.js");
    write("own/b/index.mjs");
    const c = write("c.ts");
    expect(find(["./own/a.js", "./own/b", c, pathToFileURL(c).href, "own/a.js"])).toEqual([
      "own/a.js",
      "own/b/index.mjs",
      "c.ts",
    ]);
  });

  it("are found as packages, from the folder upwards, however these say where they begin", () => {
    const install = (name: string, manifest: object, file: string): void => {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, ...manifest }));
      write(`node_modules/${name}/${file}`);
    };
    install("main", { main: "lib/main.js" }, "lib/main.js");
    install("@scope/text", { exports: "./lib.js" }, "lib.js");
    install(
      "conditions",
      { exports: { types: "./x.d.ts", browser: "./no.js", node: { import: "./yes.js" } } },
      "yes.js",
    );
    install("subpaths", { exports: { "./other": "./no.js", ".": { default: "./yes.mjs" } } }, "yes.mjs");
    install("lists", { exports: ["./yes.js"], main: "./no.js" }, "yes.js");
    install("nothing", {}, "index.js");
    mkdirSync(join(cwd, "deep/inside"), { recursive: true });
    const names = ["main", "@scope/text", "conditions", "subpaths", "lists", "nothing"];
    const found = findModules({ modules: names, folder: "", cwd: join(cwd, "deep/inside") });
    expect(found.map((file) => file.slice(join(cwd, "node_modules/").length))).toEqual([
      "main/lib/main.js",
      "@scope/text/lib.js",
      "conditions/yes.js",
      "subpaths/yes.mjs",
      "lists/yes.js",
      "nothing/index.js",
    ]);
  });

  it("are missed where they are not there", () => {
    write("empty/readme.md");
    write("hollow/package.json", '{"main": "gone.js"}');
    write("closed/package.json", '{"exports": {}}');
    write("broken/package.json", "{");
    write("closed/index.js");
    expect(() => find(["./x.js"])).toThrow(`plugin ./x.js: there is no ${join(cwd, "x.js")}`);
    expect(() => find(["nobody"])).toThrow(
      `plugin nobody: no such package is installed in ${cwd}; a path begins with ./ or /`,
    );
    expect(() => find(["./empty"])).toThrow("the folder has neither a package.json nor an index.js, .mjs or .ts");
    expect(() => find(["./hollow"])).toThrow("its package.json names no module that is there");
    expect(() => find(["./closed"])).toThrow("its package.json names no module that is there");
    expect(() => find(["./broken"])).toThrow("broken/package.json: ");
  });
});

describe("a folder of plugins", () => {
  it("has its modules and packages by name, after those that are listed, each once", () => {
    for (const file of ["p/b.js", "p/a.mjs", "p/d.ts", "p/c/package.json", "p/e/index.ts"])
      write(file, '{"main": "m.js"}');
    write("p/c/m.js");
    for (const other of ["p/.hidden.js", "p/_part.js", "p/types.d.ts", "p/a.test.js", "p/readme.md", "p/data/x.json"]) {
      write(other);
    }
    write("p/node_modules/x/index.js");
    expect(find(["./p/d.ts"], "p")).toEqual(["p/d.ts", "p/a.mjs", "p/b.js", "p/c/m.js", "p/e/index.ts"]);
  });

  it("need not be there, and may be none", () => {
    write("file");
    expect(find([], "nowhere")).toEqual([]);
    expect(find([], "")).toEqual([]);
    expect(() => find([], "file")).toThrow("is no folder");
  });
});

describe("loading a module", () => {
  it("takes its default export, in TypeScript as well", async () => {
    const file = write("a.ts", "const version: string = '1.0.0'; export default { name: 'typed', version }");
    expect(await loadDefinition(file, cwd)).toMatchObject({ source: "./a.ts", plugin: { name: "typed" } });
  });

  it("says what is wrong with it, by its file", async () => {
    const load = (text: string, name: string) => loadDefinition(write(name, text), cwd);
    await expect(load("export const x = 1", "b.js")).rejects.toThrow(
      "plugin ./b.js: has no plugin: its default export",
    );
    await expect(load("export default { name: 'x' }", "c.js")).rejects.toThrow("plugin ./c.js: has no version");
    await expect(load("throw new Error('at home')", "d.js")).rejects.toThrow("plugin ./d.js: at home");
    await expect(load("import 'nobody-at-all'", "e.js")).rejects.toThrow("plugin ./e.js: ");
  });
});
