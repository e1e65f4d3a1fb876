import { describe, expect, test } from "vitest";
import { describeReport, maxGrowthBytes } from "../src/soak/bound.ts";
import { soakSlowReader } from "../src/soak/slow-reader.ts";
import { listeners } from "../src/start-server.ts";

const streamMiB = 64;

describe.each(listeners)("a slow reader of a long stream (%s)", (listener) => {
  test("[ST-9, ST-12] gets all of it in order, and costs the server less than 50 MB", { timeout: 60_000 }, async () => {
    const report = await soakSlowReader({ listener, streamMiB });
    console.log(describeReport(`${streamMiB} MiB (${listener})`, report));
    expect(report.messages).toBe(streamMiB * 64);
    expect(report.peakBytes - report.beforeBytes).toBeLessThan(maxGrowthBytes);
  });
});
