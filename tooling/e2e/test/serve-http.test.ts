import { fileURLToPath } from "node:url";
import { startServer, type TestServer } from "@singyeong/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { type Site, serveSite } from "../src/site.ts";

/** The client, as a page loads it that uses no bundler. */
const clientFolder = fileURLToPath(new URL("../../../packages/client/dist/", import.meta.url));

/** A page that answers requests; what it has seen of them it keeps. */
const page = `<!doctype html><title>starting</title><script type="module">
  import { connect } from "/client/index.js";
  const client = await connect({ servers: location.hash.slice(1), app: "tab" });
  const seen = (window.seen = { asked: 0, aborted: 0, cancelled: 0 });
  const routes = {
    async "/echo"(request) {
      const { method, headers, url } = request;
      const { search } = new URL(url);
      return Response.json({ method, search, cookie: headers.get("cookie"), body: await request.text() }, { status: 201 });
    },
    "/relay": (request) => new Response(request.body),
    "/endless": () => new Response(new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("tick")),
      cancel: () => void seen.cancelled++,
    })),
    "/slow": (request) => new Promise(() => {
      request.signal.addEventListener("abort", () => void seen.aborted++);
      seen.asked++;
    }),
    "/broken": () => { throw new Error("by mistake"); },
  };
  await client.serveHttp((request) => routes[new URL(request.url).pathname](request)).serving();
  document.title = "serving";
</script>`;

/** What the page keeps. */
declare const seen: { asked: number; aborted: number; cancelled: number };

describe("a browser tab that serves", () => {
  let browser: Browser;
  let site: Site;
  let server: TestServer;
  let tab: Page;

  const ask = (path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}/api/v1/proxy/tab${path}`, init);

  beforeAll(async () => {
    site = await serveSite({ pages: { "/": page }, folders: { "/client/": clientFolder } });
    server = await startServer({ origins: [site.origin] });
    browser = await launchBrowser();
    tab = await browser.newPage();
    await tab.goto(`${site.origin}/#127.0.0.1:${server.port}`);
    await tab.waitForFunction(() => document.title === "serving");
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  it("answers what the proxy is asked for, and sees fields that pages may not set", async () => {
    const headers = { cookie: "a=1", "content-type": "text/plain" };
    const answer = await ask("/echo?b=2", { method: "PUT", body: "안녕 👋", headers });
    const echoed = { method: "PUT", search: "?b=2", cookie: "a=1", body: "안녕 👋" };
    expect([answer.status, await answer.json()]).toEqual([201, echoed]);
    expect((await ask("/broken")).status).toBe(500);
  });

  it("streams what comes back as it comes in, more than may be under way", async () => {
    const part = Uint8Array.from({ length: 50_000 }, (_, i) => i * 7);
    let left = 60;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(part.slice());
        else controller.close();
      },
    });
    const answer = await ask("/relay", { method: "POST", body, duplex: "half" });
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.equals(Buffer.concat(Array.from({ length: 60 }, () => part)))).toBe(true);
  });

  it("hears when whoever asked has gone", async () => {
    const asking = new AbortController();
    const slow = ask("/slow", { signal: asking.signal }).catch(() => "gone");
    const answer = await ask("/endless", { signal: asking.signal });
    const { value } = await answer.body!.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("tick");
    await tab.waitForFunction(() => seen.asked === 1);
    asking.abort();
    expect(await slow).toBe("gone");
    await tab.waitForFunction(() => seen.aborted === 1 && seen.cancelled === 1);
  });

  it("is asked no more once it is closed", async () => {
    const watcher = await server.connect({ app: "watcher", presence: true });
    const left = new Promise((resolve) => watcher.on("left", resolve));
    await tab.close();
    await left;
    expect((await ask("/echo")).status).toBe(404);
  });
});
