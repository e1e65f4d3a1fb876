// Finds nginx for benchmarks, or fetches Debian's where it may.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { aptUnpack } from "./apt.mjs";

// Debian's package starts a service where it is installed, and so is only unpacked here.
const folder = join(findWorkspace(import.meta.dirname), ".bench/nginx");
const places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx"];
places.push(join(folder, "usr/sbin/nginx"));

/** The path of an nginx that is here already, `null` where there is none; `NGINX` in the environment names another one. */
export function findNginx() {
  const chosen = process.env.NGINX;
  if (chosen) return existsSync(chosen) ? chosen : fail(`NGINX names ${chosen}, which does not exist`);
  return places.find((path) => existsSync(path)) ?? null;
}

/** The path of nginx, `null` after saying what to install. */
export function ensureNginx() {
  const found = findNginx();
  if (found !== null || process.env.NGINX) return found;
  const fetched = aptUnpack("nginx", folder) ? findNginx() : null;
  return fetched ?? fail("for a comparison with nginx install it, or name one with NGINX=/path");
}

/** The folder of the whole workspace, also where this has been bundled into something that is built. */
function findWorkspace(from) {
  return existsSync(join(from, "pnpm-workspace.yaml")) ? from : findWorkspace(dirname(from));
}

function fail(message) {
  console.error(message);
  return null;
}
