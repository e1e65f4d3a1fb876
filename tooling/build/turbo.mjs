// Runs turbo and stays silent while all goes well: what follows on the same command line is what people came for.
import { spawn } from "node:child_process";

/** A build that takes longer than this, in milliseconds, says that it is under way. */
const patience = 2000;

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
const child = spawn("turbo", ["run", ...process.argv.slice(2), "--output-logs=errors-only"], {
  env,
  stdio: ["ignore", "pipe", "pipe"],
});
const output = [];
for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
const notice = setTimeout(() => console.error("building…"), patience);

child.on("error", (error) => output.push(`${error.message}\n`));
child.on("close", (code) => {
  clearTimeout(notice);
  if (code !== 0) process.stderr.write(Buffer.concat(output.map((chunk) => Buffer.from(chunk))));
  process.exitCode = code ?? 1;
});
