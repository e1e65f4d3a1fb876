import type { Client } from "../registry/client.ts";
import type { Content } from "./content.ts";
import type { Topic } from "./machine/lane.ts";
import type { QueueState } from "./machine/queue-state.ts";
import type { Parcel } from "./postman.ts";

/** Who takes messages, and by what rules: a client that asks for them, or one subscription of a client. */
export interface Taker {
  readonly client: Client;
  /** Where it asks by itself for as many messages as it may have; null where it asks only when its client does. */
  readonly standing: Standing | null;
  /** Whether it takes messages of a topic. Not asked about messages that have none. */
  takesTopic(topic: Topic): boolean;
  /** Hands a message over that is leased to it; false where its connection takes no more. */
  handOver: (parcel: Parcel, content: Content) => boolean;
}

/** A request that renews itself. */
export interface Standing {
  readonly queue: QueueState<Taker>;
  /** Messages that the taker may have at a time. */
  maxHeld: number;
  /** Messages that are removed already and still on their way to it: they count as well. */
  passing: number;
  /** False while it gets nothing: its client is away, or takes no more. */
  isOn: boolean;
}
