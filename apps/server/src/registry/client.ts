import type { Codec } from "@singyeong/protocol/codec";
import type { Member } from "@singyeong/query";
import type { Rights } from "../access/rights.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { HeavyValues } from "./metadata-bound.ts";

/**
 * A client that has identified: what the query engine chooses among, with the way to reach it. Made at identify, gone
 * with its connection, or with its session where it may resume: the same record leaves and joins again then.
 */
export interface Client extends Member {
  readonly codec: Codec;
  /** For dispatches and refusals: everything that the client counts. Set before it joins. */
  outbox: Outbox;
  /** Extensions that both sides understand, sorted. */
  readonly caps: readonly string[];
  /** The address that its connection came from, whatever it announces: that of the last one; empty where it is not known. */
  peer: string;
  /** What it may do; `null` is no bound. Another token may change it. */
  rights: Rights | null;
  /** Who it is by its token or account. */
  readonly subject: string | null;
  /** By name, the queues that it asks for messages or holds messages of. Set by whoever keeps them. */
  queues: ReadonlyMap<string, unknown>;
  /** Kept by the registry, to bound what a client may hold. */
  heavy: HeavyValues;
}

/** What identify tells about a client. */
export interface ClientIntroduction {
  readonly application: string;
  readonly id: string;
  readonly codec: Codec;
  readonly outbox: Outbox;
  readonly restricted: boolean;
  readonly tags: readonly string[];
  readonly caps: readonly string[];
  readonly ip: string | null;
  readonly peer: string;
  /** @default no bound */
  readonly rights?: Rights | null;
  /** @default unknown */
  readonly subject?: string | null;
  readonly namespace: string | null;
  readonly receiveClientUpdates: boolean;
  /** Identifying counts as the first heartbeat. */
  readonly nowMs: number;
}

/** Whether queries of somebody with such rights may keep a client. */
export function mayReach(rights: Rights, { application, base }: Client): boolean {
  return (rights.namespace === null || rights.namespace === base.namespace) && rights.maySend(application);
}

const noQueues: ReadonlyMap<string, unknown> = new Map();

/** Makes the record of a client without metadata; it is not registered yet. */
export function createClient(introduction: ClientIntroduction): Client {
  return {
    application: introduction.application,
    id: introduction.id,
    tags: introduction.tags,
    restricted: introduction.restricted,
    attributes: new Map(),
    base: {
      ip: introduction.ip,
      namespace: introduction.namespace,
      encoding: introduction.codec.encoding,
      last_heartbeat_time: introduction.nowMs,
      receive_client_updates: introduction.receiveClientUpdates,
    },
    membership: null,
    codec: introduction.codec,
    outbox: introduction.outbox,
    caps: introduction.caps,
    peer: introduction.peer,
    rights: introduction.rights ?? null,
    subject: introduction.subject ?? null,
    queues: noQueues,
    heavy: null,
  };
}
