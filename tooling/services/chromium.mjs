// Finds Chromium for browser tests, or installs Debian's where it may.
import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium; `CHROMIUM` in the environment names another one. Ends the process where none can be had. */
export function ensureChromium() {
  const chosen = process.env.CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : fail(`CHROMIUM names ${chosen}, which does not exist`);
  const find = () => places.find((path) => existsSync(path));
  const path = find() ?? (aptInstall("chromium") ? find() : undefined);
  return path ?? fail("the browser tests need Chromium: install the package chromium, or name one with CHROMIUM=/path");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
