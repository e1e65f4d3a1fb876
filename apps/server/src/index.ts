export {
  compose,
  createMemoryQueueStore,
  createPrometheusMetrics,
  createSteppedClock,
  type MemoryQueueStore,
  type SteppedClock,
} from "./compose.ts";
export { type LoadResult, loadConfig } from "./config/load.ts";
export { resolveConfig } from "./config/resolve.ts";
export { Config, type ConfigKey } from "./config/schema.ts";
export { reachableHost } from "./kernel/address.ts";
export type { Clock } from "./ports/clock.ts";
export type { Logger } from "./ports/logger.ts";
export type { Metrics } from "./ports/metrics.ts";
export type { ObservedClient, ObservedMessage, Observer, RegisteredClient } from "./ports/observer.ts";
export type { QueueStore } from "./ports/queue-store.ts";
export type { Random } from "./ports/random.ts";
export type { RecoveryReport } from "./queue/queues.ts";
export { type RunEvent, type RunOptions, run } from "./run.ts";
export type { Server, ServerPorts } from "./server.ts";
