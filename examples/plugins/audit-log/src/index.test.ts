import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "@singyeong/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openJournal } from "./journal.ts";
import { readSettings } from "./settings.ts";

const plugin = fileURLToPath(new URL("..", import.meta.url));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-log-"));
  file = join(folder, "audit.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const readLines = (): Record<string, unknown>[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const start = (settings: object = {}) =>
  startServer({ plugins: [plugin], pluginFolder: "", pluginSettings: { "audit-log": { file, ...settings } } });

it("writes down who came, what was sent, what changed and who went", async () => {
  const server = await start();
  const client = await server.connect({ app: "worker", id: "w" });
  await client.send("worker", "a secret");
  await client.metadata.set({ region: "asia" });
  const shown = await fetch(`${server.httpUrl}/api/v1/plugin/audit-log`);
  expect(await shown.json()).toHaveLength(4);
  await client.close();
  await server.goodbye();
  const who = { app: "worker", id: "w", at: expect.any(String), ip: "127.0.0.1" };
  expect(readLines()).toEqual([
    { ...who, what: "connected", restricted: false },
    { ...who, what: "sent", event: "SEND" },
    { ...who, what: "sent", event: "UPDATE_METADATA" },
    { ...who, what: "changed", metadata: { region: "asia" } },
    { ...who, what: "disconnected" },
  ]);
});

it("writes what was sent, and only of some events, where the settings say so", async () => {
  const server = await start({ payloads: true, events: ["SEND"] });
  const client = await server.connect({ app: "worker", id: "w" });
  await client.metadata.set({ region: "asia" });
  await client.send("worker", { n: 1n << 60n });
  await server.goodbye();
  const sent = readLines().filter(({ what }) => what === "sent");
  expect(sent).toMatchObject([{ event: "SEND", d: { payload: { n: `${1n << 60n}` } } }]);
});

it("does not start with settings that are wrong", async () => {
  await expect(start({ payloads: "yes" })).rejects.toThrow("plugin audit-log: its settings");
  expect(() => readSettings({ fiel: "x" })).toThrow("fiel: there is no such setting");
  expect(() => readSettings({ file: "" })).toThrow("file: the path of a file");
  expect(() => readSettings({ events: "SEND" })).toThrow("events: a list of names");
  expect(readSettings(undefined)).toEqual({ file: "audit.jsonl", events: null, payloads: false });
});

it("drops lines rather than memory where the disk does not keep up, and shows the last hundred", async () => {
  const journal = await openJournal(file);
  const added = Array.from({ length: 10_001 }, (_, i) => journal.add({ at: "", what: `${i}` }));
  expect(added.filter((isKept) => !isKept)).toEqual([false]);
  expect(journal.last()).toHaveLength(100);
  await journal.close();
  expect(readLines()).toHaveLength(10_000);
});
