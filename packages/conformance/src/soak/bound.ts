import type { SlowReaderReport } from "./slow-reader.ts";

/** A slow reader of a stream of whatever length costs the server less than this. */
export const maxGrowthBytes = 50_000_000;

/** `1024 MiB in 65536 messages (uws): 84.1 MB before, 97.0 MB at most, 12.9 MB more` */
export function describeReport(name: string, { beforeBytes, peakBytes, messages }: SlowReaderReport): string {
  const [before, peak, growth] = [beforeBytes, peakBytes, peakBytes - beforeBytes].map((bytes) =>
    (bytes / 1e6).toFixed(1),
  );
  return `${name} in ${messages} messages: ${before} MB before, ${peak} MB at most, ${growth} MB more`;
}
