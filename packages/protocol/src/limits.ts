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

/** Longest name of a method, code of an abort, topic and group, and of a payload codec, all in bytes of UTF-8. */
export const maxMethodBytes = 256;
export const maxTopicBytes = 256;
export const maxPayloadCodecBytes = 64;
/** Messages that an end of a stream may send before the other one gives credit, and the most credit there is. */
export const defaultCredit = 16;
export const maxCredit = 1_000_000;
/** Longest time that a call waits for somebody to match, in milliseconds: an hour. */
export const maxWaitMs = 3_600_000;
/** Segments of a topic, and patterns that one SUBSCRIBE names. */
export const maxTopicSegments = 32;
export const maxPatterns = 100;
/** Events that a member may have without having settled them: at most, and unless it says otherwise. */
export const maxInFlightLimit = 10_000;
export const defaultMaxInFlight = 16;
/** Each side of a session that can be resumed says what it has got after so many frames, or bytes, at the latest. */
export const receivedEveryFrames = 128;
export const receivedEveryBytes = 131_072;

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
