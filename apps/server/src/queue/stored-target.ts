import { jsonCodec } from "@singyeong/protocol/codec";
import { StoreError } from "../kernel/store-error.ts";

/** A target as it is stored, and as lanes are known by: the query as JSON text, behind the namespace of who sent it where it has one ([AU-9]). */
export function formatStoredTarget(query: string, namespace: string | null): string {
  return namespace === null ? query : `[${JSON.stringify(namespace)},${query}]`;
}

/** What `formatStoredTarget` was given. No query is a list, so nobody's query is taken for another's with a namespace. */
export function parseStoredTarget(target: string): { readonly query: string; readonly namespace: string | null } {
  if (!target.startsWith("[")) return { query: target, namespace: null };
  const text = /^\[("(?:[^"\\]|\\.)*"),/.exec(target)?.[1];
  if (text === undefined) throw new StoreError("format", "a stored target is a list without a namespace");
  return { query: target.slice(text.length + 2, -1), namespace: jsonCodec.decode(text) as string };
}
