// Finds Chromium for browser tests, or installs Debian's where it may.
import { existsSync } from "node:fs";
import { aptInstall } from "./apt.mjs";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The path of a Chromium, `null` after saying what to install; `CHROMIUM` in the environment names another one. */
export function ensureChromium() {
  const chosen = process.env.CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : fail(`CHROMIUM names ${chosen}, which does not exist`);
  const find = () => places.find((path) => existsSync(path));
  const path = find() ?? (aptInstall("chromium") ? find() : undefined);
  return path ?? fail("the browser tests need Chromium: install the package chromium, or name one with CHROMIUM=/path");
}

function fail(message) {
  console.error(message);
  return null;
}
