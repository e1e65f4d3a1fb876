import type { Config } from "../config/schema.ts";
import { createDelivery, type Delivery } from "../delivery/delivery.ts";
import { observeDelivery } from "../delivery/observed-delivery.ts";
import { announceClients } from "../gateway/client-updates.ts";
import { createErrorTallies, type ErrorTallies } from "../gateway/error-tallies.ts";
import { traceProxy } from "../http/trace-proxy.ts";
import { createTimerWheel, type TimerWheel } from "../kernel/timer-wheel.ts";
import { createHttpProxy, type HttpProxy } from "../proxy/http-proxy.ts";
import { createHttpServers, type HttpServers } from "../proxy/over-connection/http-servers.ts";
import { createServedClients } from "../proxy/over-connection/served-clients.ts";
import { createQueues } from "../queue/broker.ts";
import type { Queues } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry, type Registry } from "../registry/registry.ts";
import { createRouter, type Router } from "../router/router.ts";
import type { ServerPorts } from "../server-ports.ts";
import { createStreams } from "../stream/create-streams.ts";
import type { Streams } from "../stream/streams.ts";
import { createTopics } from "../topic/create-topics.ts";
import type { Topics } from "../topic/topics.ts";
import { createTracer, type ServerTracer } from "../trace/create-tracer.ts";
import { describeRegistered } from "./describe-registered.ts";

/** The parts that messages go through, from the registry up to the proxy. */
export interface Core {
  readonly registry: Registry;
  readonly router: Router;
  readonly delivery: Delivery;
  readonly errorTallies: ErrorTallies;
  readonly wheel: TimerWheel;
  readonly tracer: ServerTracer;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly streams: Streams;
  readonly httpServers: HttpServers;
  readonly proxy: HttpProxy;
  /** A client's connection broke, and it may come back. */
  readonly away: (client: Client) => void;
  /** A client can say nothing more: whatever is kept for it goes. */
  readonly departed: (client: Client) => void;
}

/** Puts them together; nothing of it runs yet. While the server drains, nobody is told who comes and goes. */
export function createCore(config: Config, ports: ServerPorts, isDraining: () => boolean): Core {
  const { clock, random, logger, metrics, observer } = ports;
  const registry = createRegistry(random, config.metadataStrategy, config);
  const router = createRouter(registry, metrics);
  const plainDelivery = createDelivery(clock, metrics);
  const delivery = observer === undefined ? plainDelivery : observeDelivery(plainDelivery, observer);
  if (observer !== undefined)
    registry.observe({ joined: (client) => observer.joined(describeRegistered(client)), left() {}, changed() {} });
  announceClients(registry, delivery, isDraining);

  const errorTallies = createErrorTallies(metrics);
  const wheel = createTimerWheel({ clock, onError: (error) => logger.error({ err: error }, "a timer failed") });
  const tracer = createTracer({ sink: ports.spans ?? null, clock, wheel, random });
  const queues = createQueues({
    store: ports.queueStore,
    tracer,
    registry,
    router,
    delivery,
    clock,
    metrics,
    logger,
    limits: config,
  });
  const topics = createTopics({ queues, registry, router, clock, wheel, random, metrics, limits: config });
  const httpServers = createHttpServers(metrics);
  const streams = createStreams({ registry, router, clock, wheel, metrics, limits: config });
  const departed = (client: Client): void => {
    queues.release(client);
    topics.release(client);
    streams.release(client);
    httpServers.release(client);
  };
  const plainProxy = createHttpProxy({
    pseudonym: `singyeong-${Buffer.from(random.bytes(6)).toString("hex")}`,
    router,
    dialer: ports.dialer,
    served: createServedClients({ servers: httpServers, streams, clock, maxStreamBytes: config.maxStreamBytes }),
    clock,
    wheel,
    metrics,
    limits: config,
  });
  const proxy = traceProxy(plainProxy, tracer);
  metrics.gauge("singyeong_traces_followed", "Traces that are followed hop by hop.", () => tracer.watches);
  return {
    registry,
    router,
    delivery,
    errorTallies,
    wheel,
    tracer,
    queues,
    topics,
    streams,
    httpServers,
    proxy,
    away: plainProxy.away,
    departed,
  };
}
