import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { findNats } from "../../services/nats.mjs";
import { findNginx } from "../../services/nginx.mjs";
import { findRedis } from "../../services/redis.mjs";
import type { ResultDocument } from "./report/document.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "../dist/main.js");

/** How many rows each bench has; two of `queue` need a Redis, four of `call` a NATS server and three of `proxy` nginx, which a smoke run does not fetch. */
const rowCounts = {
  send: 5,
  growth: 3,
  choose: 10,
  broadcast: 2,
  footprint: 1,
  connect: 1,
  sdk: 2,
  queue: findRedis() === null ? 5 : 7,
  call: findNats() === null ? 5 : 9,
  stream: 5,
  proxy: findNginx() === null ? 3 : 6,
};

const amount = expect.toSatisfy((value: unknown) => typeof value === "number" && Number.isFinite(value));
const figure = { median: amount, least: amount, greatest: amount };

async function bench(...args: string[]): Promise<string> {
  if (!existsSync(main)) throw new Error(`${main} is missing: build first`);
  return (await run(process.execPath, [main, ...args], { maxBuffer: 1 << 24 })).stdout;
}

it("lists its benches", async () => {
  const listed = await bench();
  for (const name of Object.keys(rowCounts)) expect(listed).toContain(`  ${name} `);
});

it("says that it does not know a bench", async () => {
  await expect(bench("nothing")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no bench named nothing"),
  });
});

it.each(Object.entries(rowCounts))("runs %s in quick mode", async (name, rowCount) => {
  const { results } = JSON.parse(await bench(name, "--quick", "--json")) as { results: ResultDocument[] };
  expect(results).toHaveLength(1);
  const [document] = results;
  expect(document).toMatchObject({ bench: name, quick: true, machine: { node: process.version } });
  expect(new Date(document!.date).getTime()).not.toBeNaN();
  expect(document!.rows).toHaveLength(rowCount);
  for (const row of document!.rows) {
    expect(row).toMatchObject({ name: expect.any(String), unit: expect.any(String), subject: figure, score: figure });
    expect(row.met === null).toBe(row.target === null);
  }
});

it("runs several at once", async () => {
  const printed = await bench("choose", "connect", "--quick");
  expect(printed).toMatch(/^choose: .*\n\nrow .*^connect: .*\n\nrow /ms);
});
