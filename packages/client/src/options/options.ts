import type { PayloadCodec } from "../codec/payload-codec.ts";
import type { Application } from "../contract/application.ts";
import type { Contract, Undeclared } from "../contract/contract.ts";
import type { MetadataInputOf } from "../contract/metadata.ts";

/** How to connect. Everything has a default but `app`, which a DSN or an option must give. */
export interface ConnectOptions<C extends Contract = Undeclared> {
  /**
   * Servers to fail over between, as DSNs (`singyeong://app:password@host:port?encoding=msgpack`, `ssingyeong://` for
   * TLS) or plain addresses (`host`, `host:port`, `ws://…`, `wss://…`, `http://…`, `https://…`). The first one is
   * tried first, then each in turn.
   * @default "localhost:4567"
   */
  readonly servers?: string | readonly string[] | undefined;
  /** The application this is a client of: its id, or its declaration. */
  readonly app?: string | Application<C> | undefined;
  /** This client's id, unique within its application; kept over reconnects. @default a random one */
  readonly id?: string | undefined;
  /**
   * The server's password, or a token. Where it is not accepted, `connect` rejects. A function is asked at every attempt to connect and, where the
   * token that it gave ends and the server lets it be renewed, at 80 % of its life: the connection stays. Where it throws, the attempt has
   * failed; where the token is not renewed, which is reported as a status of type `error`, the connection lasts until its end. @default the DSN's
   */
  readonly auth?: string | (() => string | Promise<string>) | undefined;
  readonly namespace?: string | undefined;
  /** The address under which the proxy reaches this client: `host`, `host:port` or `http(s)://host[:port]`. */
  readonly ip?: string | undefined;
  /** Registers the application for discovery by tags. */
  readonly tags?: readonly string[] | undefined;
  /** Metadata from the start on; restored at each reconnect, together with what `metadata.set` changed. */
  readonly metadata?: MetadataInputOf<C["metadata"]> | undefined;
  /** @default the DSN's, else "json" */
  readonly encoding?: "json" | "msgpack" | undefined;
  /** Extensions to ask for. @default ["receipt", "queue2", "stream", "topic", "resume", "http"], and "auth" where `auth` is a function */
  readonly caps?: readonly string[] | undefined;
  /** Tells by statuses of type `joined` and `left` when clients come and go. @default false */
  readonly presence?: boolean | undefined;
  /** TLS by options of `node:tls`; not in browsers. */
  readonly tls?: TlsOptions | undefined;
  /** Headers of the WebSocket's upgrade request, for proxies on the way; not in browsers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Gives up connecting, and closes the client once it is connected. */
  readonly signal?: AbortSignal | undefined;
  /** False gives up at the first loss. */
  readonly reconnect?: false | ReconnectOptions | undefined;
  /** True keeps trying, by the rules of `reconnect`, where no server answers at first. @default false */
  readonly waitForServer?: boolean | undefined;
  /** How long one attempt may take until the server has let us in, in milliseconds. @default 10000 */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * What is kept while no server is connected, or the connection takes no more. `maxMessages` and `maxBytes` bound as well what was sent and is
   * kept until the server has got it, to be sent again where a broken connection is resumed.
   */
  readonly outbox?: OutboxOptions | undefined;
  /** Codecs for payloads of calls, beside `bytes` and `msgpack`. */
  readonly codecs?: readonly PayloadCodec[] | undefined;
  readonly calls?: CallsOptions | undefined;
  /** Traces what this client does: `createTelemetry()` of `@singyeong/client/opentelemetry`. */
  readonly telemetry?: Telemetry | undefined;
}

/** What follows a client's work. */
export interface Telemetry {
  /** Told of a client before it connects. */
  attach(client: object): void;
}

/** Calls of other clients. */
export interface CallsOptions {
  /** How many are at work or wait for their turn at a time; others are rejected. @default 1000 */
  readonly maxCalls?: number | undefined;
}

/** Times between attempts: a random share of a delay that doubles from `minDelayMs` to `maxDelayMs`. */
export interface ReconnectOptions {
  /** @default 100 */
  readonly minDelayMs?: number | undefined;
  /** @default 10000 */
  readonly maxDelayMs?: number | undefined;
  /** Attempts in a row before the client closes. @default Infinity */
  readonly maxAttempts?: number | undefined;
}

export interface OutboxOptions {
  /** @default 10000 */
  readonly maxMessages?: number | undefined;
  /** In characters of JSON, bytes of MessagePack. @default 8388608 */
  readonly maxBytes?: number | undefined;
  /** How long a message waits for a connection at most, in milliseconds. @default 60000 */
  readonly maxAgeMs?: number | undefined;
  /** `reject` refuses what is new, `drop-oldest` what has waited longest; its promise rejects. @default "reject" */
  readonly whenFull?: "reject" | "drop-oldest" | undefined;
}

/** A part of `node:tls`. */
export interface TlsOptions {
  readonly ca?: string | readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly servername?: string | undefined;
  /** False accepts any certificate: for tests alone. @default true */
  readonly rejectUnauthorized?: boolean | undefined;
}
