export { type Dsn, type DsnResult, formatDsn, parseDsn } from "./dsn.ts";
export { type ErrorCode, type ErrorRow, errors, type Retry } from "./errors.ts";
export {
  defaultCredit,
  defaultLimits,
  defaultMaxInFlight,
  defaultPriority,
  heartbeatIntervalMs,
  maxAttemptsLimit,
  maxCredit,
  maxIdBytes,
  maxInFlightLimit,
  maxKeyLength,
  maxMethodBytes,
  maxNamedIds,
  maxNameLength,
  maxNonceBytes,
  maxPatterns,
  maxPayloadCodecBytes,
  maxPriority,
  maxQueueMs,
  maxQueueNameBytes,
  maxRequestCount,
  maxTagLength,
  maxTags,
  maxTopicBytes,
  maxTopicSegments,
  maxWaitMs,
  receivedEveryBytes,
  receivedEveryFrames,
  reservedMetadataKeys,
} from "./limits.ts";
export { type EventName, Op, opName } from "./op.ts";
export { isMap, type Value, Whole } from "./value.ts";
