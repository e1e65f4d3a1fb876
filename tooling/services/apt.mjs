// Gets Debian packages where that is possible without asking anybody.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, stdio: ["ignore", "ignore", "inherit"] };
const succeeds = (command, args, more) => spawnSync(command, args, { ...options, ...more }).status === 0;
const isRoot = () => process.getuid?.() === 0;
const hasApt = () => spawnSync("apt-get", ["--version"]).status === 0;

/** Installs packages with apt as root; `false` where this is not Debian, not root, or it failed. */
export function aptInstall(...packages) {
  if (!isRoot() || !hasApt()) return false;
  console.error(`installing ${packages.join(" ")} with apt…`);
  const install = () => succeeds("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages]);
  return install() || (aptUpdate() && install());
}

/**
 * Unpacks one package into a folder without installing it, so that a service in it is not started; `false` where this is
 * not Debian, or it failed.
 */
export function aptUnpack(name, folder) {
  if (!hasApt()) return false;
  console.error(`fetching ${name} with apt…`);
  const cwd = mkdtempSync(join(tmpdir(), "singyeong-apt-"));
  try {
    const download = () => succeeds("apt-get", ["download", "-q", "-o", "APT::Sandbox::User=root", name], { cwd });
    if (!download() && !(isRoot() && aptUpdate() && download())) return false;
    mkdirSync(folder, { recursive: true });
    return succeeds("dpkg-deb", ["--extract", join(cwd, readdirSync(cwd)[0]), folder]);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function aptUpdate() {
  return succeeds("apt-get", ["update", "-q"]);
}
