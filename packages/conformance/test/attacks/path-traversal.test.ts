import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { freshName, identifiedClient } from "../../src/identified.ts";
import { askFrom } from "./guest.kit.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-paths-"));
afterAll(() => rmSync(folder, { recursive: true }));
const plugin = join(folder, "files.mjs");
writeFileSync(
  plugin,
  `export default {
    name: "files",
    version: "1.0.0",
    routes: [
      { method: "GET", path: "/files/:name", open: true, handle: (request, { params }) =>
        Response.json({ name: params.name, path: new URL(request.url).pathname }) },
      { method: "GET", path: "/secret", handle: () => new Response("secret") },
    ],
  };`,
);

/** Ways to say "one up", as they were found to get past one server or another. */
const ups = [
  "..",
  "%2e%2e",
  "%2E%2e",
  ".%2e",
  "..%2f",
  "..%5c",
  "%2e%2e%2f",
  "..\\",
  "..%00",
  "..;",
  "%252e%252e",
  "..%c0%af",
];

eachListener("paths that lead elsewhere", ["--plugins", plugin, "--auth", "right"], (server) => {
  test("give a plugin's route no name with a way in it", async () => {
    expect(JSON.parse((await askFrom(server(), "/api/v1/plugin/files/a%20b")).text)).toMatchObject({ name: "a b" });
    for (const up of ups) {
      const { status, text } = await askFrom(server(), `/api/v1/plugin/files/${up}`);
      expect([200, 400, 404], up).toContain(status);
      if (status !== 200) continue;
      const { name } = JSON.parse(text);
      // What is left of it is one name, and none that means another folder.
      expect(name, up).not.toMatch(/^\.\.?$|[/\\\0]/);
    }
  });

  test("open no route of a plugin that needs a password, and none of the server", async () => {
    for (const up of ups) {
      const paths = [
        `/api/v1/plugin/files/${up}/secret`,
        `/api/v1/plugin/${up}/plugin/secret`,
        `/api/v1/plugin/files/${up}/${up}/${up}/metrics`,
        `/healthz/${up}/metrics`,
        `/api/version/${up}/v1/discovery/tags`,
        `//metrics/${up}/metrics`,
      ];
      for (const path of paths) {
        const { status, text } = await askFrom(server(), path);
        expect([400, 401, 404], path).toContain(status);
        expect(text, path).not.toMatch(/secret|singyeong_/);
      }
    }
    expect((await askFrom(server(), "/api/v1/plugin/secret")).status).toBe(401);
    expect((await askFrom(server(), "/metrics")).status).toBe(401);
  });

  test("reach the target that was meant, as they were sent, or nobody", async () => {
    const seen: string[] = [];
    const target = createServer((request, response) => {
      seen.push(request.url!);
      response.end("target");
    });
    await new Promise<void>((resolve) => void target.listen(0, "127.0.0.1", resolve));
    const { port } = target.address() as AddressInfo;
    const application = freshName("app");
    const identify = { auth: "right", ip: `http://127.0.0.1:${port}/base` };
    await using client = await identifiedClient(server(), { application, identify });
    const headers = { authorization: "right" };
    for (const up of ups) {
      seen.length = 0;
      const { status, text } = await askFrom(server(), `/api/v1/proxy/${application}/${up}/metrics`, { headers });
      // The server's own metrics are at that path, were it taken for one of its own.
      expect(text, up).not.toMatch(/singyeong_/);
      if (status === 200) expect(seen, up).toEqual([`/base/${up}/metrics`]);
      else expect([400, 404], up).toContain(status);
      const other = await askFrom(server(), `/api/v1/proxy/${up}/${application}/metrics`, { headers });
      expect([400, 404], up).toContain(other.status);
      expect(other.text, up).not.toMatch(/singyeong_/);
    }
    await client.settle();
    target.closeAllConnections();
    target.close();
  });
});
