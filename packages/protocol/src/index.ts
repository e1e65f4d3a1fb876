export { type Dsn, type DsnResult, formatDsn, parseDsn } from "./dsn.ts";
export { type ErrorCode, type ErrorRow, errors, type Retry } from "./errors.ts";
export {
  defaultLimits,
  defaultPriority,
  heartbeatIntervalMs,
  maxAttemptsLimit,
  maxIdBytes,
  maxKeyLength,
  maxNamedIds,
  maxNameLength,
  maxNonceBytes,
  maxPriority,
  maxQueueMs,
  maxQueueNameBytes,
  maxRequestCount,
  maxTagLength,
  maxTags,
  reservedMetadataKeys,
} from "./limits.ts";
export { type EventName, Op, opName } from "./op.ts";
export { isMap, type Value, Whole } from "./value.ts";
