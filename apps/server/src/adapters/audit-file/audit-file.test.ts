import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestMetrics } from "../../testing/fixtures.ts";
import { createSteppedClock } from "../clock-stepped/clock-stepped.ts";
import { createAuditFile } from "./audit-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "singyeong-audit-file-"));
});
afterEach(() => rm(folder, { recursive: true }));

function create(path = join(folder, "audit.jsonl")) {
  const metrics = createTestMetrics();
  const logged: string[] = [];
  const quiet = { debug() {}, info() {}, warn() {} };
  const logger = { ...quiet, error: (_fields: object, text: string) => void logged.push(text) };
  const audit = createAuditFile({ path, clock: createSteppedClock(0), logger, metrics });
  const note = (target: string) =>
    audit.note({ actor: "ann", peer: "192.0.2.1", action: "queue.purge", target, outcome: "ok" });
  return { audit, note, metrics, logged, path };
}

const targets = async (path: string) =>
  (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).target);

describe("the audit file", () => {
  it("has its entries in their order, and all of them once it is closed", async () => {
    const { audit, note, path, metrics } = create();
    for (let i = 0; i < 1000; i++) note(`${i}`);
    await audit.close();
    expect(await targets(path)).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}`));
    expect(metrics.total("singyeong_audit_entries_total")).toBe(1000);
  });

  it("keeps an entry in one line, whatever it says", async () => {
    const { audit, note, path } = create();
    note('a\n{"at":1}\u2028');
    await audit.close();
    expect(await targets(path)).toEqual(['a\n{"at":1}\u2028']);
    expect(await readFile(path, "utf8")).toMatch(/^\{"at":"1970-01-01T00:00:00\.000Z","actor":"ann",[^\n]*\}\n$/);
  });

  it("may be moved away", async () => {
    const { audit, note, path } = create();
    note("before");
    await audit.close();
    await rename(path, `${path}.1`);
    note("after");
    await audit.close();
    expect([await targets(`${path}.1`), await targets(path)]).toEqual([["before"], ["after"]]);
  });

  it("loses and counts what is too much to wait for the disk", async () => {
    const { audit, note, metrics, logged } = create();
    const large = "x".repeat(1024 * 1024);
    for (let i = 0; i < 10; i++) note(large);
    await audit.close();
    // The first is on its way to the disk at once; of the others three fit.
    expect(metrics.total("singyeong_audit_entries_total")).toBe(4);
    expect(metrics.total("singyeong_audit_failures_total")).toBe(6);
    expect(logged).toEqual(["the audit file cannot be written"]);
  });
});
