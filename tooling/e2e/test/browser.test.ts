import { startServer, type TestServer } from "@singyeong/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { type Site, serveSite } from "../src/site.ts";

/** What a page with nothing but web standards does to be a client. It resolves with the first frame that `until` names. */
const page = `<!doctype html><title>client</title><ol id="log"></ol><script>
  function connect(url, identify) {
    const socket = new WebSocket(url);
    const frames = [], waiting = [];
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      const entry = document.createElement("li");
      entry.textContent = data;
      document.getElementById("log").append(entry);
      if (frame.op === 0) socket.send(JSON.stringify({ op: 1, d: identify }));
      const next = waiting.shift();
      if (next) next(frame); else frames.push(frame);
    };
    const take = () => new Promise((resolve) => frames.length ? resolve(frames.shift()) : waiting.push(resolve));
    const until = async (op, t = null) => { for (;;) { const frame = await take(); if (frame.op === op && frame.t === t) return frame; } };
    return { until, send: (t, d) => socket.send(JSON.stringify({ op: 4, t, d })) };
  }
</script>`;

/** The functions of the page's script, as seen from here. */
declare function connect(
  url: string,
  identify: object,
): { until(op: number, t?: string): Promise<{ d: Record<string, unknown> }>; send(t: string, d: object): void };

describe("a browser tab", () => {
  let browser: Browser;
  let site: Site;
  let server: TestServer;
  let tab: Page;

  beforeAll(async () => {
    site = await serveSite({ pages: { "/": page } });
    server = await startServer({ origins: [site.origin] });
    browser = await launchBrowser();
    tab = await browser.newPage();
    await tab.goto(site.origin);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  it("is a client like any other: found by its metadata, in another tab's query", async () => {
    const url = `ws://127.0.0.1:${server.port}/gateway/websocket`;
    const other = await browser.newPage();
    await other.goto(site.origin);
    const metadata = { user: { type: "integer", value: 123 }, rooms: { type: "list", value: ["lobby", "신경"] } };
    const received = tab.evaluate(
      async ([url, metadata]) => {
        const client = connect(url, { application_id: "tab", client_id: "receiver", metadata });
        await client.until(2);
        document.title = "ready";
        return (await client.until(4, "SEND")).d;
      },
      [url, metadata] as const,
    );
    await tab.waitForFunction(() => document.title === "ready");
    await other.evaluate(async (url) => {
      const client = connect(url, { application_id: "tab", client_id: "sender" });
      await client.until(2);
      const ops = [{ path: "/rooms", op: "$contains", to: { value: "신경" } }];
      client.send("SEND", { target: { application: "tab", ops }, nonce: "n", payload: { text: "안녕 👋" } });
    }, url);
    expect(await received).toEqual({ nonce: "n", payload: { text: "안녕 👋" }, target: null });
    await other.close();
  });

  it("may call over HTTP where its origin is listed", async () => {
    const nodes = await tab.evaluate(async (port) => {
      const body = JSON.stringify({ application: "tab" });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query`, { method: "POST", body, headers });
      return (await response.json()) as { client_id: string }[];
    }, server.port);
    expect(nodes.map(({ client_id }) => client_id)).toContain("receiver");
  });

  it("may not where it is not", async () => {
    await using strict = await startServer();
    const outcome = await tab.evaluate(
      (port) =>
        fetch(`http://127.0.0.1:${port}/api/version`).then(
          () => "read",
          () => "blocked",
        ),
      strict.port,
    );
    expect(outcome).toBe("blocked");
  });
});
