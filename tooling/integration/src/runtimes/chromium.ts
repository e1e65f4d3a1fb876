import { join } from "node:path";
import { launchBrowser } from "@singyeong/e2e/browser";
import { serveSite } from "@singyeong/e2e/site";
import type { Downward, Upward } from "../stage/commands.ts";
import { serve } from "../stage/serve.ts";
import { type Runtime, scenarioPatienceMs } from "./runtime.ts";

/** Where a page that loads the packages' own files finds them. */
const importMap = {
  imports: {
    "@singyeong/client": "/client/index.js",
    "@singyeong/client/expression": "/client/expression.js",
    "isomorphic-ws": "/isomorphic-ws/browser.js",
  },
};

const html = {
  bundle: `<!doctype html><title>bundle</title><script type="module" src="/bundle/page.js"></script>`,
  modules: `<!doctype html><title>modules</title><script type="importmap">${JSON.stringify(importMap)}</script>
    <script type="module" src="/modules/page.js"></script>`,
};

/** `bundle`: what a bundler makes of the client. `modules`: the client's files as they are published. */
export type PageKind = keyof typeof html;

/** The Chromium that `pnpm test` found (`SINGYEONG_CHROMIUM`), whose scenarios are pages. */
export async function createChromium(kind: PageKind, consumer: string): Promise<Runtime> {
  const client = join(consumer, "node_modules/@singyeong/client");
  const folders = {
    "/bundle/": join(consumer, "bundle"),
    "/modules/": join(consumer, "modules"),
    "/client/": join(client, "dist"),
    "/isomorphic-ws/": join(client, "../../isomorphic-ws"),
  };
  const site = await serveSite({ pages: { "/": html[kind] }, folders });
  const browser = await launchBrowser();

  return {
    async run(scenario, commands) {
      await using page = await browser.newPage();
      const devtools = await page.context().newCDPSession(page);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.exposeFunction("heapBytes", async () => {
        await devtools.send("HeapProfiler.collectGarbage");
        return (await devtools.send("Runtime.getHeapUsage")).usedSize;
      });
      let failure: string | null = "ended before it was done";
      await page.exposeFunction("harness", async (text: string) => {
        const message = JSON.parse(text) as Upward;
        if ("failure" in message) failure = message.failure;
        else await answer(await serve(commands, message));
      });
      const answer = (answer: Downward): Promise<void> =>
        page.evaluate((answer) => (globalThis as unknown as { answer(answer: Downward): void }).answer(answer), answer);
      await page.goto(site.origin);
      await page
        .waitForFunction(() => "runScenario" in globalThis, undefined, { timeout: 10_000 })
        .catch((error) => {
          throw new Error(`the page does not load: ${complaints.join("; ")}`, { cause: error });
        });
      const hung = setTimeout(() => page.close(), scenarioPatienceMs);
      await page
        .evaluate(
          (name) => (globalThis as unknown as { runScenario(name: string): Promise<void> }).runScenario(name),
          scenario,
        )
        .finally(() => clearTimeout(hung));
      return failure ?? (complaints.length === 0 ? null : `the page complained: ${complaints.join("; ")}`);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await site[Symbol.asyncDispose]();
    },
  };
}
