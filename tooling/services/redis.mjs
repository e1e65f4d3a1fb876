// Finds Redis for benchmarks, or installs Debian's where it may.
import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";

// Debian's redis-tools has the server's own binary under the name redis-check-rdb, and brings no system service.
const places = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/redis-check-rdb"];

/** The path of a Redis that is here already, `null` where there is none; `REDIS` in the environment names another one. */
export function findRedis() {
  const chosen = process.env.REDIS;
  if (chosen) return existsSync(chosen) ? chosen : fail(`REDIS names ${chosen}, which does not exist`);
  return places.find((path) => existsSync(path)) ?? null;
}

/** The path of a Redis, `null` after saying what to install. To be started under the name `redis-server` (its `argv0`). */
export function ensureRedis() {
  const found = findRedis();
  if (found !== null || process.env.REDIS) return found;
  const installed = aptInstall("redis-tools") ? findRedis() : null;
  return (
    installed ?? fail("for a comparison with Redis install the package redis-server, or name one with REDIS=/path")
  );
}

function fail(message) {
  console.error(message);
  return null;
}
