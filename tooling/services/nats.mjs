// Finds a NATS server for benchmarks, or fetches Debian's where it may.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { aptUnpack } from "./apt.mjs";

// Debian's package starts a service where it is installed, and so is only unpacked here.
const folder = join(findWorkspace(import.meta.dirname), ".bench/nats-server");
const places = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];
places.push(join(folder, "usr/sbin/nats-server"));

/** The path of a NATS server that is here already, `null` where there is none; `NATS` in the environment names another one. */
export function findNats() {
  const chosen = process.env.NATS;
  if (chosen) return existsSync(chosen) ? chosen : fail(`NATS names ${chosen}, which does not exist`);
  return places.find((path) => existsSync(path)) ?? null;
}

/** The path of a NATS server, `null` after saying what to install. */
export function ensureNats() {
  const found = findNats();
  if (found !== null || process.env.NATS) return found;
  const fetched = aptUnpack("nats-server", folder) ? findNats() : null;
  return fetched ?? fail("for a comparison with NATS install nats-server, or name one with NATS=/path");
}

/** The folder of the whole workspace, also where this has been bundled into something that is built. */
function findWorkspace(from) {
  return existsSync(join(from, "pnpm-workspace.yaml")) ? from : findWorkspace(dirname(from));
}

function fail(message) {
  console.error(message);
  return null;
}
