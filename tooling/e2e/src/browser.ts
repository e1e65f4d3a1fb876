import { type Browser, chromium } from "playwright-core";

/** Keeps Chromium to the loopback and to itself: no sandbox as root, no background traffic. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the Chromium that `pnpm test` found (`SINGYEONG_CHROMIUM`), headless. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.SINGYEONG_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: flags });
}
