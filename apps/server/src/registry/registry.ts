import { createEngine, type Engine } from "@singyeong/query";
import type { Rights } from "../access/rights.ts";
import type { Random } from "../ports/random.ts";
import { type Client, mayReach } from "./client.ts";
import type { MetadataChanges } from "./metadata.ts";
import { boundMetadata, type MetadataLimits } from "./metadata-bound.ts";

/** How UPDATE_METADATA treats keys that it does not mention: keep them, or drop them. */
export type UpdateStrategy = "merge" | "replace";

/** Told when clients come, change and go, after the fact. */
export interface RegistryObserver {
  joined(client: Client): void;
  left(client: Client): void;
  /** Its metadata has changed. */
  changed(client: Client): void;
}

/** All clients that have identified, by name and by what they say about themselves. */
export interface Registry {
  /** The engine over the registered clients: for queries, not for joining or leaving. */
  readonly engine: Engine<Client>;
  readonly size: number;
  find(application: string, id: string): Client | undefined;
  /** How many of an application are registered. */
  count(application: string): number;
  /** All that are registered, by application. */
  all(): Iterable<Client>;
  /** Registers a client. The caller has made sure that its name is free. */
  join(client: Client): void;
  /** Forgets a client; `false` where it was not registered (any more). */
  leave(client: Client): boolean;
  /** Changes a client's metadata, also before it joins; where it would hold too much nothing changes, and the sentence says of what. */
  update(client: Client, changes: MetadataChanges): string | null;
  /** Notes a heartbeat at `nowMs`. */
  heartbeat(client: Client, nowMs: number): void;
  /** Its connection comes from this address now; an address that it announced itself stays. */
  move(client: Client, peer: string): void;
  /**
   * Applications that have one unrestricted client holding all of the tags, in order of name: of those that somebody with
   * such rights may reach, `null` for no bound.
   */
  discover(tags: readonly string[], rights: Rights | null): readonly string[];
  /** Unrestricted clients that asked for client updates. */
  watchers(): Iterable<Client>;
  observe(observer: RegistryObserver): void;
}

export function createRegistry(random: Random, strategy: UpdateStrategy, limits: MetadataLimits): Registry {
  const engine = createEngine<Client>({ random: () => random.unit() });
  const applications = new Map<string, Map<string, Client>>();
  const tagged = new Set<Client>();
  const watching = new Set<Client>();
  const observers: RegistryObserver[] = [];

  function update(client: Client, changes: MetadataChanges): string | null {
    const bound = boundMetadata(client.attributes, client.heavy, changes, strategy === "merge", limits);
    if (typeof bound === "string") return bound;
    client.heavy = bound.heavy;
    engine.update(client, changes, strategy);
    if (client.membership !== null) for (const observer of observers) observer.changed(client);
    return null;
  }

  return {
    engine,
    get size() {
      return engine.size;
    },
    find: (application, id) => applications.get(application)?.get(id),
    count: (application) => applications.get(application)?.size ?? 0,
    *all() {
      for (const ids of applications.values()) yield* ids.values();
    },
    join(client) {
      const ids = applications.get(client.application);
      if (ids === undefined) applications.set(client.application, new Map([[client.id, client]]));
      else ids.set(client.id, client);
      engine.join(client);
      if (!client.restricted && client.tags.length > 0) tagged.add(client);
      if (!client.restricted && client.base.receive_client_updates) watching.add(client);
      for (const observer of observers) observer.joined(client);
    },
    leave(client) {
      const ids = applications.get(client.application);
      if (ids === undefined || ids.get(client.id) !== client) return false;
      ids.delete(client.id);
      if (ids.size === 0) applications.delete(client.application);
      engine.leave(client);
      tagged.delete(client);
      watching.delete(client);
      for (const observer of observers) observer.left(client);
      return true;
    },
    update,
    heartbeat(client, nowMs) {
      engine.touchBase(client, "last_heartbeat_time", nowMs);
    },
    move(client, peer) {
      if (client.base.ip === client.peer && peer !== "") engine.touchBase(client, "ip", peer);
      client.peer = peer;
    },
    discover(tags, rights) {
      const found = new Set<string>();
      for (const client of tagged) {
        if (!tags.every((tag) => client.tags.includes(tag))) continue;
        if (rights === null || mayReach(rights, client)) found.add(client.application);
      }
      return [...found].sort();
    },
    watchers: () => watching,
    observe(observer) {
      observers.push(observer);
    },
  };
}
