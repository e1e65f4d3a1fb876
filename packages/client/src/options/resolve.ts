import type { PayloadCodec } from "../codec/payload-codec.ts";
import type { Contract } from "../contract/contract.ts";
import type { OutboxBounds } from "../messaging/exchange.ts";
import type { BackoffTimes } from "../session/backoff.ts";
import type { AskToken } from "./ask-token.ts";
import type { ConnectOptions } from "./options.ts";
import { invalid, isEncoding, readServer, type Server } from "./servers.ts";

/** Options with everything decided. */
export interface ResolvedOptions {
  readonly servers: readonly [Server, ...Server[]];
  readonly app: string;
  readonly id: string;
  readonly auth: string | AskToken | null;
  readonly namespace: string | null;
  readonly ip: string | null;
  readonly tags: readonly string[] | null;
  readonly encoding: "json" | "msgpack";
  readonly caps: readonly string[];
  readonly presence: boolean;
  readonly tls: object | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly backoff: BackoffTimes;
  readonly maxAttempts: number;
  readonly maxFirstAttempts: number;
  readonly attemptMs: number;
  readonly outbox: OutboxBounds;
  readonly calls: { readonly maxCalls: number; readonly codecs: readonly PayloadCodec[] };
}

/** Defaults of options that are numbers. */
const numbers = {
  minDelayMs: 100,
  maxDelayMs: 10_000,
  connectTimeoutMs: 10_000,
  maxMessages: 10_000,
  maxBytes: 8 * 1024 * 1024,
  maxAgeMs: 60_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  maxCalls: 1000,
};

/** Puts DSN, options and defaults together: options win over the first DSN. @throws `client/invalid-options` */
export function resolveOptions<C extends Contract>(
  options: ConnectOptions<C>,
  createId: () => string,
): ResolvedOptions {
  const texts = typeof options.servers === "string" ? [options.servers] : (options.servers ?? [undefined]);
  const [first, ...others] = texts.map((text) => readServer(text));
  if (first === undefined) throw invalid("servers is empty");
  const app = typeof options.app === "string" ? options.app : (options.app?.id ?? first.application);
  if (!app) throw invalid("app is missing (singyeong://app@host)");
  const encoding = options.encoding ?? first.encoding ?? "json";
  if (!isEncoding(encoding)) throw invalid(`encoding is json or msgpack, not ${encoding}`);
  if (options.telemetry && typeof options.telemetry.attach !== "function") {
    throw invalid("telemetry has no attach");
  }
  const auth = (options.auth ?? first.password) || null;
  const { reconnect = {}, outbox = {} } = options;
  const { maxAttempts } = reconnect === false ? { maxAttempts: 0 } : readNumbers(reconnect, "maxAttempts");
  const times = reconnect === false ? {} : reconnect;
  return {
    servers: [first, ...others],
    app,
    id: options.id ?? createId(),
    auth,
    namespace: options.namespace ?? null,
    ip: options.ip ?? null,
    tags: options.tags ?? null,
    encoding,
    caps: options.caps ?? [
      "receipt",
      "queue2",
      "stream",
      "topic",
      "resume",
      "http",
      ...(typeof auth === "function" ? ["auth"] : []),
    ],
    presence: options.presence ?? false,
    tls: options.tls ?? null,
    headers: options.headers ?? null,
    backoff: readNumbers(times, "minDelayMs", "maxDelayMs"),
    maxAttempts,
    maxFirstAttempts: options.waitForServer ? Math.max(maxAttempts, texts.length) : texts.length,
    attemptMs: readNumbers(options, "connectTimeoutMs").connectTimeoutMs,
    outbox: {
      ...readNumbers(outbox, "maxMessages", "maxBytes", "maxAgeMs"),
      whenFull: outbox.whenFull ?? "reject",
    },
    calls: { ...readNumbers(options.calls ?? {}, "maxCalls"), codecs: options.codecs ?? [] },
  };
}

/** Options that are numbers above 0, or their defaults. */
function readNumbers<K extends keyof typeof numbers>(
  options: { readonly [key in K]?: number | undefined },
  ...names: readonly K[]
): Record<K, number> {
  const read: Partial<Record<K, number>> = {};
  for (const name of names) {
    const value = options[name] ?? numbers[name];
    if (!(typeof value === "number" && value > 0)) throw invalid(`${name} is a number above 0, not ${value}`);
    read[name] = value;
  }
  return read as Record<K, number>;
}
