/** Asks the routes of queues without a socket, over queues that answer what a test tells them to. */
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createErrorTallies } from "../gateway/error-tallies.ts";
import type { AuditEntry } from "../ports/audit.ts";
import type { Exchange } from "../ports/listener.ts";
import { noTracer } from "../ports/tracer.ts";
import type { Push, PushOutcome, QueueAdmin, Queues } from "../queue/queues.ts";
import { createTestMetrics } from "../testing/fixtures.ts";
import { createHttp } from "./http.ts";
import { queueRoutes } from "./queue-routes.ts";

const password = "s3cret";

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any;
}

export interface Ask {
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** @default the right one */
  readonly authorization?: string;
}

export interface QueueHttp {
  ask(method: string, target: string, options?: Ask): Promise<Answer>;
  /** What was pushed. */
  readonly pushes: Push[];
  /** What was called on the admin, with its arguments. */
  readonly calls: (readonly [method: string, ...parameters: unknown[]])[];
  /** What was logged as an error. */
  readonly logged: object[];
  /** What was written down as an action of administration. */
  readonly notes: AuditEntry[];
}

export interface Behaviour {
  readonly push?: (push: Push) => PushOutcome | Promise<PushOutcome>;
  readonly admin?: Partial<QueueAdmin>;
}

export function startQueueHttp(behaviour: Behaviour = {}): QueueHttp {
  const pushes: Push[] = [];
  const calls: [string, ...unknown[]][] = [];
  const logged: object[] = [];
  const notes: AuditEntry[] = [];
  const metrics = createTestMetrics();
  const limits = { maxFrameBytes: 65_536, maxDepth: 16, maxBacklogBytes: 65_536 };
  const queues = {
    push(push, settled) {
      pushes.push(push);
      const outcome = behaviour.push?.(push) ?? { ok: true, id: "1" };
      void Promise.resolve(outcome).then(settled);
    },
    admin: record(behaviour.admin ?? {}, calls),
  } as Queues;
  const http = createHttp({
    routes: queueRoutes({
      queues,
      tracer: noTracer,
      audit: { note: (entry) => void notes.push(entry), close: () => Promise.resolve() },
      clock: createSteppedClock(Date.UTC(2026, 10, 21, 10, 15, 0, 7)),
      limits,
    }),
    authenticator: {
      judge: ({ secret }) => ({ ok: true, grant: grant(secret !== password), isWrong: secret !== password }),
    },
    origins: [],
    clock: createSteppedClock(),
    metrics,
    errorTallies: createErrorTallies(metrics),
    logger: { debug() {}, info() {}, warn() {}, error: (fields) => void logged.push(fields) },
  });

  function ask(method: string, target: string, { body, authorization = password }: Ask = {}): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const [path, query = ""] = target.split("?") as [string, string?];
    const bytes = encode(body);
    const exchange: Exchange = {
      method,
      path,
      query,
      peer: "127.0.0.1",
      secure: false,
      gone: false,
      header: (name) => (name === "authorization" ? authorization : undefined),
      headers: () => [["authorization", authorization]],
      body: async (maxBytes) => (bytes.length > maxBytes ? null : bytes),
      async *stream() {
        yield bytes;
      },
      onGone() {},
      open: () => null,
      respond: (status, _headers, text) =>
        resolve({
          status,
          text: String(text),
          get json() {
            return JSON.parse(String(text));
          },
        }),
    };
    http.handle(exchange);
    return promise;
  }

  return { ask, pushes, calls, logged, notes };
}

function encode(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** An admin whose calls are written down; what a test does not name fails it. */
function record(admin: Partial<QueueAdmin>, calls: [string, ...unknown[]][]): QueueAdmin {
  return new Proxy(admin as QueueAdmin, {
    get(target, name: keyof QueueAdmin & string) {
      const method = target[name] as ((...parameters: unknown[]) => unknown) | undefined;
      if (method === undefined) throw new Error(`nobody said what ${name} does`);
      return (...parameters: unknown[]) => {
        calls.push([name, ...parameters]);
        return method(...parameters);
      };
    },
  });
}

function grant(restricted: boolean) {
  return { restricted, permissions: null, expiresAtMs: null, subject: null };
}
