/** The time of day to the millisecond, where this machine is: `17:03:22.123`. */
export function formatTime(atMs: number): string {
  return `${new Date(atMs).toTimeString().slice(0, 8)}.${`${atMs % 1000}`.padStart(3, "0")}`;
}
