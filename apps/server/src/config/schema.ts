import { maxAttemptsLimit } from "@singyeong/protocol";
import { PermissionClaims } from "@singyeong/protocol/schema";
import { type Static, Type } from "typebox";

/** A password whose bearers may do what its permissions say. */
const Account = Type.Object(
  { name: Type.String({ minLength: 1 }), password: Type.String({ minLength: 1 }), permissions: PermissionClaims },
  { additionalProperties: false },
);

const wholeNumber = (options: { default: number; minimum: number; maximum?: number; description: string }) =>
  Type.Integer(options);

const texts = (description: string) => Type.Array(Type.String(), { default: [], description });
const path = (description: string) => Type.String({ default: "", description });
const truth = (description: string) => Type.Boolean({ default: false, description });
/** A bound that is not there unless somebody sets it. */
const off = (description: string) =>
  Type.Integer({ default: 0, minimum: 0, description: `${description}; 0 is no bound` });

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
    origins: texts(
      "web origins whose pages may connect and call over HTTP; * is all, none leaves WebSockets open to all",
    ),
    moreAuth: texts("further passwords for full trust, while they are changed"),
    authFile: path("file of passwords for full trust, one a line, read again when it changes"),
    accounts: Type.Array(Account, {
      default: [],
      description: "passwords with permissions of their own; in the settings file, or as JSON",
    }),
    authAttempts: wholeNumber({
      default: 10,
      minimum: 0,
      description: "wrong passwords a minute from one address, or for one client id; 0 is no bound",
    }),
    jwtKeys: path("file of keys for tokens: PEM, JWK or JWK set, read again when it changes"),
    jwksUrl: Type.String({ default: "", description: "address of a JWK set for tokens" }),
    jwtIssuer: Type.String({ default: "", description: "who must have issued tokens; empty is anyone" }),
    jwtAudience: Type.String({ default: "", description: "whom tokens must be for; empty is anyone" }),
    trustedProxies: texts("addresses and networks whose X-Forwarded-For, or PROXY header, is believed"),
    proxyProtocol: truth("whether trusted proxies send a PROXY protocol header (version 2)"),
    tlsCert: path("certificate chain (PEM); with tlsKey the server speaks TLS"),
    tlsKey: path("private key (PEM)"),
    tlsClientCa: path("certificate authority (PEM) that clients need a certificate of"),
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
    slowConsumer: Type.Enum(["close", "drop"], {
      default: "close",
      description: "what a full backlog means: close the connection, or drop frames and tell",
    }),
    maxConnections: wholeNumber({ default: 100_000, minimum: 1, description: "connections, those of HTTP included" }),
    maxUnidentified: wholeNumber({
      default: 10_000,
      minimum: 1,
      description: "connections that have not identified",
    }),
    maxConnectionsPerAddress: off("connections from one address"),
    maxApplicationClients: off("clients of one application"),
    maxFramesPerSecond: off("frames a second from one connection"),
    maxBytesPerSecond: off("bytes a second from one connection"),
    maxMetadataUpdatesPerSecond: off("updates of metadata a second from one connection"),
    maxApplicationFramesPerSecond: off("frames a second from all clients of one application"),
    maxApplicationBytesPerSecond: off("bytes a second from all clients of one application"),
    maxLeases: off("queued messages that one client holds at a time"),
    proxyAllow: texts("hosts, addresses and networks that the proxy may reach besides clients' own addresses"),
    proxyConnectMs: wholeNumber({ default: 2000, minimum: 1, description: "time to reach a target of the proxy" }),
    proxyTimeoutMs: wholeNumber({
      default: 30_000,
      minimum: 1,
      description: "time for a target to begin its answer, and between parts of it",
    }),
    maxProxyResponseBytes: off("bytes of a target's answer"),
    maxProxyRequests: wholeNumber({ default: 1024, minimum: 1, description: "proxied requests under way" }),
    plugins: texts("plugins to load: paths of modules, or names of packages"),
    pluginFolder: Type.String({
      default: "./plugins",
      description: "folder of plugins to load as well; empty is none",
    }),
    pluginSettings: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: "settings of plugins by their names; in the settings file, or as JSON",
    }),
    pluginDeadlineMs: wholeNumber({ default: 1000, minimum: 1, description: "time that a plugin's hook may take" }),
    traces: truth("whether spans go to OpenTelemetry, as far as an SDK is registered in the process"),
    auditFile: path("file to which actions of administration are added, as JSON lines; they are logged without one"),
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

/** Settings that are never shown. */
export const secretKeys: ReadonlySet<ConfigKey> = new Set(["auth", "moreAuth", "accounts", "pluginSettings"]);

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
