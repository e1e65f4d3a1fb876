import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

let sg: Sg;
beforeEach(() => {
  sg = createSg();
});
afterEach(() => sg[Symbol.dispose]());

/** Does for a plugin what `npm install` would do. */
function install(folder: string): void {
  const modules = join(folder, "node_modules/@singyeong");
  mkdirSync(modules, { recursive: true });
  for (const name of ["plugin", "testing"]) {
    symlinkSync(fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url)), join(modules, name));
  }
}

describe("sg plugin new", () => {
  it("writes a plugin that a server in that folder loads", async () => {
    const { code, stdout } = await sg.run(["plugin", "new", "counter"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("plugins/counter/index.ts")]);
    expect(stdout).toContain("(cd CHECKOUT && npx --yes pnpm@12 packed)");
    expect(stdout).toContain("(cd plugins/counter && npm install CHECKOUT/packed/*.tgz)");
    install(join(sg.home, "plugins/counter"));
    await using server = sg.start(["serve", "--host", "127.0.0.1", "--port", "0", "--queue-store", "memory"]);
    const port = /:(\d+)\//.exec((await server.line())!)![1];
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/plugin/counter`);
    expect([answer.status, await answer.json()]).toEqual([200, { total: 0 }]);
  });

  it("whose own test passes", async () => {
    await sg.run(["plugin", "new", "counter", "--folder", "elsewhere"]);
    const cwd = join(sg.home, "elsewhere");
    install(cwd);
    const child = spawn(process.execPath, ["--test"], { cwd, env: sg.env });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(code, said).toBe(0);
    expect(said).toContain("pass 1");
  });

  it("names it as it was told to, everywhere", async () => {
    const { stdout } = await sg.run(["plugin", "new", "night-watch", "--json"]);
    const { name, files } = JSON.parse(stdout);
    expect(name).toBe("night-watch");
    for (const file of files) expect(readFileSync(file, "utf8")).not.toContain("my-plugin");
  });

  it.each([["Counter"], ["../counter"], ["a/b"], ["7up"], ["x".repeat(65)]])("refuses the name %j", async (name) => {
    expect(await sg.run(["plugin", "new", name])).toMatchObject({ code: 2 });
    expect(existsSync(join(sg.home, "plugins"))).toBe(false);
  });

  it("overwrites nothing", async () => {
    mkdirSync(join(sg.home, "mine"));
    writeFileSync(join(sg.home, "mine/index.ts"), "mine");
    const ran = await sg.run(["plugin", "new", "mine", "--folder", "mine"]);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("is there already") });
    expect(readFileSync(join(sg.home, "mine/index.ts"), "utf8")).toBe("mine");
  });
});
