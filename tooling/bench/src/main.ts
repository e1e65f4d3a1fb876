import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { broadcast } from "./benches/broadcast.ts";
import { call } from "./benches/call.ts";
import { choose } from "./benches/choose.ts";
import { connect } from "./benches/connect.ts";
import { footprint } from "./benches/footprint.ts";
import { growth } from "./benches/growth.ts";
import { proxy } from "./benches/proxy.ts";
import { queue } from "./benches/queue.ts";
import { sdk } from "./benches/sdk.ts";
import { send } from "./benches/send.ts";
import { stream } from "./benches/stream.ts";
import { createDocument, keepDocument, type ResultDocument } from "./report/document.ts";
import { formatTable } from "./report/table.ts";

const benches: readonly Bench[] = [
  send,
  growth,
  choose,
  broadcast,
  footprint,
  connect,
  sdk,
  queue,
  call,
  stream,
  proxy,
];

/** Results and profiles, kept out of the repository. Those of quick runs are not kept at all. */
const resultDirectory = join(import.meta.dirname, "../../../.bench");

const usage = `usage: pnpm bench NAME… [--json] [--quick] [--profile]

${benches.map(({ name, summary }) => `  ${name.padEnd(10)}  ${summary}`).join("\n")}
  ${"all".padEnd(10)}  all of these

  --json     print one JSON document instead of tables
  --quick    a smoke run: shows that a bench works, its figures mean nothing
  --profile  write CPU profiles of the server under test to .bench/; figures are then off
`;

const quickNote = "A quick run: the figures above mean nothing.\n\n";

/** Exit codes: 0 measured (whether or not targets were met), 1 a bench failed, 2 misused. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean" }, quick: { type: "boolean" }, profile: { type: "boolean" } },
    allowPositionals: true,
  });
  const chosen = positionals.includes("all") ? benches : benches.filter(({ name }) => positionals.includes(name));
  const unknown = positionals.filter((name) => name !== "all" && !benches.some((bench) => bench.name === name));
  if (unknown.length > 0 || chosen.length === 0) {
    const complaint = unknown.map((name) => `there is no bench named ${name}\n\n`).join("");
    (unknown.length > 0 ? process.stderr : process.stdout).write(complaint + usage);
    return unknown.length > 0 ? 2 : 0;
  }
  const quick = values.quick === true;
  const options = { quick, profileDirectory: values.profile === true ? resultDirectory : null };
  const documents: ResultDocument[] = [];
  for (const bench of chosen) {
    if (!values.json) process.stdout.write(`${bench.name}: ${bench.summary}\n\n`);
    const document = createDocument(bench.name, bench.summary, quick, await bench.run(options));
    documents.push(document);
    if (!quick) keepDocument(resultDirectory, document);
    if (!values.json) process.stdout.write(`${formatTable(document.rows)}\n${quick ? quickNote : ""}`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ results: documents }, null, 2)}\n`);
  return 0;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`bench: ${error.stack ?? error.message}\n`);
    process.exit(1);
  },
);
