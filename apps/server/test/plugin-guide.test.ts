import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "@singyeong/plugin";
import { afterAll, expect, it } from "vitest";
import { loadDefinition } from "../src/adapters/plugins/load-definition.ts";
import { createTestHost, someone } from "../src/adapters/plugins/plugins.kit.ts";

const guide = readFileSync(new URL("../../../docs/guides/plugins.md", import.meta.url), "utf8");
const shown = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)]
  .map(([, code]) => code!)
  .filter((code) => code.includes("export default"));
// Within the package, where what they import is installed.
const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), ".guide-"));
afterAll(() => rmSync(folder, { recursive: true }));

const plugins = new Map<string, Plugin>();
for (const [i, code] of shown.entries()) {
  const file = join(folder, `${i}.ts`);
  writeFileSync(file, code);
  const { plugin } = await loadDefinition(file, folder);
  plugins.set(plugin.name, plugin);
}

it("shows plugins, each with a name of its own", () => {
  expect([...plugins.keys()]).toEqual(["dice", "manners", "quota", "teams", "directory", "census", "bouncer"]);
});

it("shows plugins that do what is said of them", async () => {
  const noted: unknown[] = [];
  const auditLog: Plugin = {
    name: "audit-log",
    version: "1.4.0",
    load: () => ({ exports: { record: (...all: unknown[]) => noted.push(all) } }),
  };
  const { hooks, server, clock } = createTestHost([...plugins.values(), auditLog], {
    settings: { quota: { perClient: 1 }, teams: { tokens: { s3cret: "red" } } },
  });
  await hooks.start(server);

  expect(hooks.own(someone, "ROLL", { sides: 1 })).toMatchObject({ reason: "sides: a number of at least 2" });
  expect(hooks.own(someone, "ROLL", null)).toMatchObject({ frames: [{ t: "ROLLED", d: { by: "someone" } }] });

  expect(hooks.incoming(someone, "SEND", { nonce: 1, payload: " hi " })).toMatchObject({
    d: { nonce: 1, payload: "hi" },
  });
  expect(hooks.incoming(someone, "SEND", { payload: "spam" })).toMatchObject({ reason: "no spam, please" });

  expect(hooks.incoming(someone, "QUEUE", {})).toMatchObject({ kind: "next" });
  expect(hooks.incoming(someone, "QUEUE", {})).toMatchObject({ reason: "your jobs are used up" });

  const shows = (secret: string | null) => hooks.judge!({ secret, peer: "192.0.2.1", over: "http", client: null });
  expect(shows("s3cret")).toMatchObject({ grant: { subject: "red", permissions: { namespace: "red" } } });
  expect(shows("other")).toBeNull();
  expect(shows(null)).toMatchObject({ grant: { restricted: true } });

  hooks.connected({ ...someone, restricted: true });
  expect(noted).toEqual([["stranger", { id: "someone" }]]);

  expect(hooks.findRoute("GET", "/directory/worker")).not.toBeNull();
  clock.advance(60_000);
  expect(server.sent).toEqual([{ kind: "all", event: "CENSUS", payload: { count: 1 } }]);
  await hooks.stop();
});
