export const dayMs = 86_400_000;
const units: Readonly<Record<string, number>> = { ms: 1, "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: dayMs };

/** Reads `500ms`, `10s`, `1.5m`, `1h`, `7d`, or plain seconds as milliseconds; `null` for anything else, and beyond `longestMs`. */
export function parseDuration(text: string, longestMs: number = dayMs): number | null {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const ms = Math.round(Number(amount) * units[unit]!);
  return ms >= 1 && ms <= longestMs ? ms : null;
}

/** A time for people: `0.42 ms`, `12.3 ms`, `1.5 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
