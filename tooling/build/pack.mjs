// `pnpm packed`: packs every published package, as npm would publish it, into the folder `packed`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../packed");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const group of ["packages", "apps"]) {
  for (const name of readdirSync(join(import.meta.dirname, "../..", group))) {
    const home = join(import.meta.dirname, "../..", group, name);
    if (JSON.parse(readFileSync(join(home, "package.json"), "utf8")).private === true) continue;
    const { status, stderr } = spawnSync("pnpm", ["pack", "--pack-destination", folder], {
      cwd: home,
      encoding: "utf8",
    });
    if (status !== 0) {
      console.error(`${group}/${name}: ${stderr}`);
      process.exit(1);
    }
  }
}
console.log(`${readdirSync(folder).join("\n")}\n\nInstall them all at once: npm install ${folder}/*.tgz`);
