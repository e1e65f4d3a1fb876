// Installs a Debian package where that is possible without asking anybody.
import { spawnSync } from "node:child_process";

/** Installs packages with apt as root; `false` where this is not Debian, not root, or it failed. */
export function aptInstall(...packages) {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, stdio: ["ignore", "ignore", "inherit"] };
  console.error(`installing ${packages.join(" ")} with apt…`);
  const install = () =>
    spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], options).status === 0;
  return install() || (spawnSync("apt-get", ["update", "-q"], options).status === 0 && install());
}
