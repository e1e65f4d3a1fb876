import type { Population } from "../population/population.ts";
import type { Attribute } from "./attribute.ts";

/** What the server knows of every client; queried like metadata. `restricted` is {@link Member.restricted}. */
export interface BaseAttributes {
  /** Proxy target or peer address; a present null where unknown. */
  ip: string | null;
  /** A present null where the client gave none. */
  namespace: string | null;
  encoding: string;
  /** Milliseconds since the epoch. */
  last_heartbeat_time: number;
  receive_client_updates: boolean;
}

/** A base field's name, as it stands first in a path. */
export type BaseField = keyof BaseAttributes | "restricted";

/** Where a member sits: parallel lists, one entry per population it belongs to. */
export interface Membership {
  readonly populations: Population[];
  readonly slots: number[];
  /** Place on the hash ring, 0 … 2^32−1. */
  readonly point: number;
}

/**
 * A client as the engine sees it. The server's own client record extends this. Between `join` and `leave`,
 * `application`, `id` and `tags` stay as they are, and `attributes`, `base` and `restricted` change only through
 * the engine.
 */
export interface Member {
  readonly application: string;
  readonly id: string;
  readonly tags: readonly string[];
  restricted: boolean;
  readonly attributes: Map<string, Attribute>;
  readonly base: BaseAttributes;
  /** Owned by the engine. Start with `null`; it is `null` again after `leave`. */
  membership: Membership | null;
}

/** Reads a base field. */
export function readBase(member: Member, field: BaseField): string | number | boolean | null {
  return field === "restricted" ? member.restricted : member.base[field];
}

/** Whether a member registered all of the tags. */
export function hasTags(member: Member, tags: readonly string[]): boolean {
  for (let i = 0; i < tags.length; i++) if (!member.tags.includes(tags[i]!)) return false;
  return true;
}

/** Orders members by application, then id, both by UTF-16 code unit: the last word where hashes tie. */
export function isBefore(a: Member, b: Member): boolean {
  return a.application === b.application ? a.id < b.id : a.application < b.application;
}
