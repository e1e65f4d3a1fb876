import { maxAttemptsLimit } from "@singyeong/protocol";
import { type Static, Type } from "typebox";

const wholeNumber = (options: { default: number; minimum: number; maximum?: number; description: string }) =>
  Type.Integer(options);

/**
 * Every setting of the server: one schema for flags (`--max-frame-bytes`), environment
 * (`SINGYEONG_MAX_FRAME_BYTES`) and file (`maxFrameBytes`). `docs/operations.md` lists them from here.
 */
export const Config = Type.Object(
  {
    port: wholeNumber({
      default: 4567,
      minimum: 0,
      maximum: 65_535,
      description: "TCP port; 0 lets the system choose",
    }),
    host: Type.String({ default: "0.0.0.0", minLength: 1, description: "address to listen on" }),
    auth: Type.String({ default: "", description: "password for full trust; empty is none" }),
    listener: Type.Enum(["auto", "uws", "node"], {
      default: "auto",
      description: "uws is the fast one, node runs everywhere, auto is uws where it loads",
    }),
    logLevel: Type.Enum(["silent", "error", "warn", "info", "debug"], {
      default: "warn",
      description: "what is logged, as JSON lines on standard error",
    }),
    origins: Type.Array(Type.String(), { default: [], description: "web origins that may call over HTTP; * is all" }),
    metadataStrategy: Type.Enum(["merge", "replace"], {
      default: "merge",
      description: "what UPDATE_METADATA does with keys that it does not mention",
    }),
    heartbeatIntervalMs: wholeNumber({
      default: 45_000,
      minimum: 100,
      description: "asked of clients; 1.5 of them may pass",
    }),
    identifyTimeoutMs: wholeNumber({ default: 30_000, minimum: 100, description: "time for a connection to identify" }),
    goodbyeMs: wholeNumber({
      default: 100,
      minimum: 0,
      maximum: 3_600_000,
      description: "time a client that was told goodbye has to finish",
    }),
    drainTimeoutMs: wholeNumber({ default: 10_000, minimum: 0, description: "time for what is in flight at a stop" }),
    maxFrameBytes: wholeNumber({
      default: 1_048_576,
      minimum: 1024,
      maximum: 268_435_456,
      description: "largest frame and HTTP body",
    }),
    maxDepth: wholeNumber({ default: 128, minimum: 8, maximum: 1000, description: "deepest nesting of a frame" }),
    maxMetadataKeys: wholeNumber({ default: 1024, minimum: 1, description: "metadata keys of one client" }),
    maxMetadataBytes: wholeNumber({
      default: 1_048_576,
      minimum: 1024,
      description: "metadata of one client in values of more than 1 KiB",
    }),
    maxBacklogBytes: wholeNumber({
      default: 16_777_216,
      minimum: 65_536,
      maximum: 2_147_483_647,
      description: "bytes that may wait for one socket",
    }),
    queueStore: Type.Enum(["lmdb", "memory"], {
      default: "lmdb",
      description: "lmdb keeps queues on disk, memory forgets them at a stop",
    }),
    dataDir: Type.String({ default: "./data", minLength: 1, description: "folder of what is kept on disk" }),
    queueLeaseMs: wholeNumber({
      default: 15_000,
      minimum: 100,
      maximum: 31_536_000_000,
      description: "time a consumer has to acknowledge a message",
    }),
    queueRetryMs: wholeNumber({
      default: 15_000,
      minimum: 0,
      maximum: 31_536_000_000,
      description: "delay before a message whose lease ran out is given out again",
    }),
    queueMaxAttempts: wholeNumber({
      default: 20,
      minimum: 1,
      maximum: maxAttemptsLimit,
      description: "deliveries of a message before it is dead, where the push does not say",
    }),
    queueDedupMs: wholeNumber({
      default: 120_000,
      minimum: 0,
      maximum: 86_400_000,
      description: "time in which pushes of one id are one message",
    }),
    maxQueues: wholeNumber({ default: 10_000, minimum: 1, description: "queues that exist at a time" }),
    maxQueueMessages: wholeNumber({ default: 10_000_000, minimum: 1, description: "messages of one queue" }),
    maxQueueBytes: wholeNumber({
      default: 8_589_934_592,
      minimum: 65_536,
      description: "bytes of the messages of one queue",
    }),
    maxQueueMessageBytes: wholeNumber({
      default: 1_048_576,
      minimum: 1024,
      maximum: 268_435_456,
      description: "bytes of one queued message, its target included",
    }),
    maxQueueTargets: wholeNumber({
      default: 10_000,
      minimum: 1,
      description: "different targets of the messages of one queue",
    }),
    maxQueueIds: wholeNumber({ default: 1_000_000, minimum: 1, description: "ids of pushes that are remembered" }),
    maxStreams: wholeNumber({ default: 10_000, minimum: 1, description: "streams that one client has open" }),
    maxStreamBytes: wholeNumber({
      default: 262_144,
      minimum: 1024,
      maximum: 268_435_456,
      description: "bytes of a stream under way in one direction",
    }),
    maxWaitingCalls: wholeNumber({ default: 1000, minimum: 0, description: "calls that wait for somebody to match" }),
    memoryTopics: Type.Array(Type.String(), {
      default: [],
      description: "patterns of topics that are kept in memory alone",
    }),
    topicAckMs: wholeNumber({
      default: 15_000,
      minimum: 100,
      maximum: 31_536_000_000,
      description: "time a member has to acknowledge an event, where it does not say",
    }),
    topicGroupMs: wholeNumber({
      default: 3_600_000,
      minimum: 0,
      maximum: 31_536_000_000,
      description: "time a group keeps a pattern that no member has",
    }),
    topicRetainMs: wholeNumber({
      default: 3_600_000,
      minimum: 0,
      maximum: 31_536_000_000,
      description: "time a topic keeps its messages for groups to come",
    }),
    maxTopicRetained: wholeNumber({ default: 1000, minimum: 0, description: "messages that a topic keeps for them" }),
    maxTopicMemoryBytes: wholeNumber({
      default: 67_108_864,
      minimum: 65_536,
      description: "bytes of the messages of memory topics",
    }),
    maxSubscriptions: wholeNumber({ default: 1000, minimum: 1, description: "patterns that one client subscribes to" }),
    resumeMs: wholeNumber({
      default: 30_000,
      minimum: 0,
      maximum: 3_600_000,
      description: "time a client whose connection broke has to resume",
    }),
    maxResumeFrames: wholeNumber({ default: 10_000, minimum: 1, description: "frames kept for a client to resume" }),
    maxResumeBytes: wholeNumber({
      default: 4_194_304,
      minimum: 65_536,
      maximum: 268_435_456,
      description: "bytes of them",
    }),
    maxAwayClients: wholeNumber({ default: 10_000, minimum: 1, description: "clients that may resume at a time" }),
    maxDiskBytes: wholeNumber({
      default: 17_179_869_184,
      minimum: 1_048_576,
      description: "disk space that queues may take; 32 MiB of it, or two thirds, are kept for acknowledgements",
    }),
  },
  { additionalProperties: false },
);

/** The settings in force, complete. */
export type Config = Static<typeof Config>;
/** A setting's name. */
export type ConfigKey = keyof Config;

/** Names of all settings, in the order of the schema. */
export const configKeys = Object.keys(Config.properties) as readonly ConfigKey[];

/** `maxFrameBytes` as a flag: `max-frame-bytes`. */
export function flagName(key: ConfigKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const bareNames: ReadonlySet<ConfigKey> = new Set(["port", "host", "auth", "dataDir"]);

/** `maxFrameBytes` in the environment: `SINGYEONG_MAX_FRAME_BYTES`; `PORT`, `HOST`, `AUTH` and `DATA_DIR` also without prefix. */
export function environmentNames(key: ConfigKey): readonly string[] {
  const name = flagName(key).replaceAll("-", "_").toUpperCase();
  return bareNames.has(key) ? [`SINGYEONG_${name}`, name] : [`SINGYEONG_${name}`];
}
