/** Bounds that both ends know. The server's configuration may change those of {@link defaultLimits}. */
export const defaultLimits = {
  /** Largest frame in bytes; a larger one closes the connection with 1009. */
  maxFrameBytes: 1024 * 1024,
  /** Deepest nesting of a frame, the frame itself counted as 1. */
  maxDepth: 128,
} as const;

/** Longest application id and client id, in bytes of UTF-8. */
export const maxIdBytes = 256;

/** Most tags and most capabilities that a client names, and the longest of either in characters. */
export const maxTags = 64;
export const maxTagLength = 256;

/** Longest nonce that an answer repeats, in bytes of its encoding: a longer one is left out of it. */
export const maxNonceBytes = 1024;

/** Longest name of a queue and longest id by which pushes are known as one, in bytes of UTF-8. */
export const maxQueueNameBytes = 256;
/** Most messages that one request asks for. */
export const maxRequestCount = 10_000;
/** Most deliveries that a push may permit, and most messages that one request over HTTP names. */
export const maxAttemptsLimit = 65_535;
export const maxNamedIds = 10_000;
/** Longest delay, time to live and lease that a client may ask for, in milliseconds: a year. */
export const maxQueueMs = 31_536_000_000;
/** Priorities of queued messages: 0 to 9, 9 goes first, 4 where nobody says. */
export const maxPriority = 9;
export const defaultPriority = 4;

/** Longest metadata key and longest namespace or address, in characters. */
export const maxKeyLength = 256;
export const maxNameLength = 1024;

/** How often a client heartbeats, in milliseconds, unless the server's hello says otherwise. */
export const heartbeatIntervalMs = 45_000;

/** Metadata keys that the server sets and a client may only query. */
export const reservedMetadataKeys: ReadonlySet<string> = new Set([
  "ip",
  "restricted",
  "encoding",
  "namespace",
  "last_heartbeat_time",
  "receive_client_updates",
]);
