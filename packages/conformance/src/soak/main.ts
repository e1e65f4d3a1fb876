// `pnpm soak`: a slow reader of a stream of 1 GiB, or of SOAK_MIB, must not cost the server its memory.
import { listeners } from "../start-server.ts";
import { describeReport, maxGrowthBytes } from "./bound.ts";
import { soakSlowReader } from "./slow-reader.ts";

const streamMiB = Number(process.env.SOAK_MIB ?? 1024);

for (const listener of listeners) {
  const report = await soakSlowReader({ listener, streamMiB });
  console.log(describeReport(`${streamMiB} MiB (${listener})`, report));
  if (report.peakBytes - report.beforeBytes < maxGrowthBytes) continue;
  console.error(`that is not less than ${maxGrowthBytes / 1e6} MB`);
  process.exitCode = 1;
}
