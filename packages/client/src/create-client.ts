import type { CallMethods } from "./call/call-methods.ts";
import { openCalls } from "./call/open-calls.ts";
import type { Client, TopicMethods } from "./client.ts";
import { createClosing } from "./closing.ts";
import type { WireCodec } from "./codec/wire-codec.ts";
import type { Contract } from "./contract/contract.ts";
import type { SingyeongError } from "./errors.ts";
import type { Core } from "./messaging/core.ts";
import { createDispatcher, type Routes } from "./messaging/dispatcher.ts";
import { createExchange } from "./messaging/exchange.ts";
import { createInbox } from "./messaging/inbox.ts";
import { createLate, type Late } from "./messaging/late.ts";
import type { Message, SendOptions } from "./messaging/message.ts";
import { createMessenger } from "./messaging/messenger.ts";
import { openStatuses } from "./messaging/open-statuses.ts";
import { attempt, quiet } from "./messaging/quiet.ts";
import { formatAnswerPrefix, type ReplyAddress } from "./messaging/reply-address.ts";
import { checkPayload } from "./messaging/schema-check.ts";
import { inferMetadata } from "./metadata/infer.ts";
import type { MetadataInput } from "./metadata/types.ts";
import type { ConnectOptions } from "./options/options.ts";
import type { ResolvedOptions } from "./options/resolve.ts";
import type { Platform } from "./platform/platform.ts";
import type { Target } from "./query/query.ts";
import { declarationOf, resolveTarget } from "./query/resolve-target.ts";
import { openQueue } from "./queue/open-queue.ts";
import { formatIdentify } from "./registration/introduction.ts";
import { judgeAdmission } from "./registration/judge-admission.ts";
import { createMetadataStore } from "./registration/metadata-store.ts";
import { createSyncedRegister } from "./registration/synced-register.ts";
import { openServeHttp } from "./serve-http/open-serve-http.ts";
import { openLink } from "./session/link.ts";
import { createSession } from "./session/session.ts";
import { createStatusHub } from "./status/status-hub.ts";
import { openTopics } from "./topic/open-topics.ts";
import type { OpenSocket } from "./transport/socket.ts";

export interface ClientParts<C extends Contract> {
  readonly options: ResolvedOptions;
  readonly given: Pick<ConnectOptions<C>, "app" | "metadata">;
  readonly codec: WireCodec;
  readonly platform: Platform;
  readonly openSocket: OpenSocket;
}

/** A client that has not begun, and what its maker alone may do. */
export interface ClientAndControls<C extends Contract> {
  readonly client: Client<C>;
  start(): void;
  /** Ends it now; `error` is why, `null` where that was asked for. */
  stop(error: SingyeongError | null): void;
}

/** Puts the parts of a client together. @throws `client/invalid-value` for metadata that cannot travel */
export function createClient<C extends Contract>(made: ClientParts<C>): ClientAndControls<C> {
  const { options, given, codec, platform, openSocket } = made;
  const { auth } = options;
  const asksForToken = typeof auth === "function";
  const tokens = () => import("./registration/tokens.ts");
  const hub = createStatusHub(platform);
  const declared = typeof given.app === "object" ? given.app : null;

  const dropped = (): void => hub.dropped("inbox");
  const inbox = createInbox(() => reading(() => {}), { dropped, failed: hub.report }, platform.soon);
  const exchange = createExchange(
    platform,
    options.outbox,
    () => session.link,
    () => hub.dropped("outbox"),
  );
  const messenger = createMessenger(platform, codec, exchange);
  const register = createSyncedRegister(
    { session: () => session, exchange, messenger, hub },
    inferMetadata((given.metadata ?? {}) as MetadataInput),
  );
  const address: ReplyAddress = { app: options.app, inbox: platform.token() };
  const routes: Routes = Object.create(null);
  const dispatch = createDispatcher(
    {
      exchange,
      answerPrefix: formatAnswerPrefix(address),
      declared,
      message: inbox.deliver,
      presence: (type, app, id) => hub.publish({ type, app, id }),
      report: hub.report,
    },
    routes,
  );

  const session = createSession(
    {
      ...options,
      platform,
      openLink: (server, handlers) => openLink({ ...options, server, codec, platform, openSocket }, handlers),
      identify: () =>
        asksForToken
          ? tokens()
              .then(({ askToken }) => askToken(auth))
              .then((token) => formatIdentify(options, token, register.confirmed))
          : formatIdentify(options, auth, register.confirmed),
      asksForToken,
      judge: (admission) => judgeAdmission(admission, options.auth),
    },
    {
      ready: exchange.flush,
      dispatch,
      lost: exchange.lost,
      status(status) {
        if (status.type === "latency") latencyMs = status.ms;
        hub.publish(status);
      },
      finished: (error) => closing.finish(error),
    },
  );
  const core: Core = {
    platform,
    options,
    codec,
    session,
    exchange,
    messenger,
    inbox,
    hub,
    routes,
    address,
    declared,
    register,
    refusal: (begun) => closing.refusal(begun),
  };
  session.onDown(register.rewind);
  const closing = createClosing(core);
  const late = <T>(load: () => Promise<T>): Late<T> => createLate(load, inbox, closing.refusal);
  const reading = late(async () => {
    const { openReading, createChannel } = await import("./messaging/open-reading.ts");
    inbox.begin(openReading(core));
    return createChannel;
  });
  const asking = late(async () => (await import("./asking/asking.ts")).createAsking(core));
  const queues = late(async () => (await import("./queue/queues.ts")).createQueues(core));
  const topics = late(async () => (await import("./topic/topics.ts")).createTopics(core));
  const calls = late(async () => (await import("./call/calls.ts")).createCalls(core, options.calls));
  if (asksForToken) void quiet(tokens().then(({ renewToken }) => renewToken(core, auth)));
  const http = late(async () =>
    (await import("./serve-http/http-serving.ts")).createHttpServing(core, await calls((part) => part)),
  );
  let latencyMs: number | null = null;

  function send(event: Message["event"], target: Target<never>, payload: unknown, sendOptions?: SendOptions) {
    return attempt(() => {
      const checked = checkPayload(declarationOf(target), payload);
      const problem = closing.refusal() ?? (checked.ok ? null : checked.error);
      if (problem !== null) throw problem;
      return messenger.send(event, resolveTarget(target), payload, sendOptions);
    });
  }

  const client: Client<C> = {
    app: options.app,
    id: options.id,
    get connected() {
      return session.link !== null;
    },
    get server() {
      return session.server.name;
    },
    get restricted() {
      return session.admission?.restricted ?? false;
    },
    get caps() {
      return session.admission?.caps ?? new Set<string>();
    },
    get latencyMs() {
      return latencyMs;
    },
    send: (target, payload, sendOptions) => send("SEND", target as Target<never>, payload, sendOptions),
    broadcast: (target, payload, sendOptions) => send("BROADCAST", target as Target<never>, payload, sendOptions),
    request: (...args) =>
      asking((part, refusal) => part.request(refusal, ...(args as [never, unknown]))) as Promise<Message>,
    messages: inbox.messages as never,
    queue: (name) => openQueue(name, queues) as never,
    ...(openTopics(topics) as object as TopicMethods),
    ...(openCalls(calls, routes) as object as CallMethods<C>),
    serveHttp: openServeHttp(http),
    metadata: createMetadataStore<C>(platform, register, closing.refusal),
    queryNodes: (...args) => asking((part, refusal) => part.queryNodes(refusal, ...(args as [never]))) as never,
    status: () => openStatuses(hub, reading),
    on: hub.on,
    drain: closing.drain,
    close: closing.close,
    closed: closing.closed,
    [Symbol.asyncDispose]: closing.close,
  };
  return { client, start: session.start, stop: session.stop };
}
