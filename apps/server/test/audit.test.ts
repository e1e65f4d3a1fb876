import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../src/ports/audit.ts";
import { startObserved } from "./observe-kit.ts";

const message = { target: {}, payload: 1 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "singyeong-audit-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("actions of administration", () => {
  it("are written to the audit file: who, from where, what, and what came of it", async () => {
    const auditFile = join(folder, "audit.jsonl");
    const accounts = [{ name: "ann", password: "s3cret", permissions: { admin: true, push: ["*"] } }];
    const site = await startObserved({}, { auditFile, auth: "other", accounts, dataDir: folder });
    const ask = (path: string, body?: object) => site.ask("POST", path, body ?? {}, { authorization: "s3cret" });
    await ask("/api/v1/queues/jobs/messages", message);
    await ask("/api/v1/queues/jobs/pause");
    await ask("/api/v1/queues/jobs/purge", { state: "all" });
    await ask("/api/v1/queues/none/purge", { state: "all" });
    await ask("/api/v1/backup", { name: "b" });
    await ask("/api/v1/trace", { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" });
    await site.server.drain("bye");
    const lines = (await readFile(auditFile, "utf8")).split("\n");
    expect(lines.pop()).toBe("");
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.map(({ action, target, outcome, detail }) => [action, target, outcome, detail])).toEqual([
      ["queue.pause", "jobs", "ok", {}],
      ["queue.purge", "jobs", "ok", { state: "all", count: 1 }],
      ["queue.purge", "none", "queue/not-found", { state: "all", count: null }],
      ["backup", null, "backup/unsupported", {}],
      ["trace.watch", "4bf92f3577b34da6a3ce929d0e0e4736", "ok", { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" }],
    ]);
    expect(entries[0]).toMatchObject({ actor: "ann", peer: "127.0.0.1" });
    expect(entries[0].at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(JSON.stringify(entries)).not.toContain("s3cret");
    expect((await stat(auditFile)).mode & 0o777).toBe(0o600);
  });

  it("are added to what the file has already", async () => {
    const auditFile = join(folder, "audit.jsonl");
    for (const queue of ["a", "b"]) {
      const site = await startObserved({}, { auditFile });
      await site.ask("POST", `/api/v1/queues/${queue}/pause`, {});
      await site.server.drain("bye");
    }
    const lines = (await readFile(auditFile, "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).target)).toEqual(["a", "b"]);
  });

  it("are done, counted and logged once where the file cannot be written", async () => {
    const logged: string[] = [];
    const quiet = { debug() {}, info() {}, warn() {} };
    const logger = { ...quiet, error: (_fields: object, text: string) => void logged.push(text) };
    const gone = await mkdtemp(join(folder, "gone-"));
    await using site = await startObserved({ logger }, { auditFile: join(gone, "audit.jsonl") });
    await rm(gone, { recursive: true });
    await site.ask("POST", "/api/v1/queues/a/pause", {});
    await site.ask("POST", "/api/v1/queues/b/pause", {});
    await expect.poll(() => site.scrape("singyeong_audit_failures_total")).toBe(2);
    expect(logged).toEqual(["the audit file cannot be written"]);
    expect((await site.ask("GET", "/api/v1/queues/b")).json).toMatchObject({ paused: true });
  });

  it("need a file that can be written at the start", async () => {
    const starting = startObserved({}, { auditFile: join(folder, "none", "audit.jsonl") });
    await expect(starting).rejects.toThrow(/^auditFile: ENOENT/);
  });

  it("are logged where there is no file", async () => {
    const logged: object[] = [];
    const quiet = { debug() {}, warn() {}, error() {} };
    await using site = await startObserved({ logger: { ...quiet, info: (fields) => void logged.push(fields) } });
    await site.ask("POST", "/api/v1/queues/a/pause", {});
    expect(logged).toContainEqual({
      audit: {
        actor: null,
        peer: "127.0.0.1",
        action: "queue.pause",
        target: "a",
        outcome: "ok",
        detail: {},
      } satisfies AuditEntry,
    });
  });
});
