import type { Audit } from "./ports/audit.ts";
import type { Authenticator } from "./ports/authenticator.ts";
import type { Clock } from "./ports/clock.ts";
import type { Cluster } from "./ports/cluster.ts";
import type { Dialer } from "./ports/dialer.ts";
import type { Hooks } from "./ports/hooks.ts";
import type { CreateListener } from "./ports/listener.ts";
import type { Logger } from "./ports/logger.ts";
import type { Metrics } from "./ports/metrics.ts";
import type { Observer } from "./ports/observer.ts";
import type { QueueStore } from "./ports/queue-store.ts";
import type { Random } from "./ports/random.ts";
import type { SpanSink } from "./ports/tracer.ts";

/** Everything a server needs from outside itself. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  /** What plugins do. @default there are none */
  readonly hooks?: Hooks | undefined;
  readonly cluster: Cluster;
  readonly createListener: CreateListener;
  readonly queueStore: QueueStore;
  readonly dialer: Dialer;
  /** Where actions of administration are written down. */
  readonly audit: Audit;
  /** Where spans go that leave the process. @default they do not */
  readonly spans?: SpanSink | null;
  /** Told of what happens, for tests and tools. @default nobody */
  readonly observer?: Observer;
}
