import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { Dispatched, MetadataUpdated, QueryNodes, QueryNodesResult, Send, UpdateMetadata } from "./index.ts";

const accepts = (schema: TSchema, frame: object): boolean => Value.Check(schema, { op: 4, ts: 0, ...frame });
const message = { target: {}, payload: 1, nonce: "n" };

describe("the schemas of receipts", () => {
  it("let messages ask for one with a boolean, and dispatches have a nonce beside t", () => {
    expect([true, false, null].map((receipt) => accepts(Send, { t: "SEND", d: { ...message, receipt } }))).toEqual([
      true,
      true,
      true,
    ]);
    expect(accepts(Send, { t: "SEND", d: { ...message, receipt: "true" } })).toBe(false);
    expect(accepts(UpdateMetadata, { t: "UPDATE_METADATA", d: {}, nonce: [1] })).toBe(true);
    expect(accepts(QueryNodes, { t: "QUERY_NODES", d: {}, nonce: 7 })).toBe(true);
  });

  it("have the answers", () => {
    expect(accepts(Dispatched, { t: "DISPATCHED", d: { nonce: "n", count: 0 } })).toBe(true);
    expect(accepts(Dispatched, { t: "DISPATCHED", d: { nonce: "n", count: -1 } })).toBe(false);
    expect(accepts(Dispatched, { t: "DISPATCHED", d: { nonce: "n" } })).toBe(false);
    expect(accepts(MetadataUpdated, { t: "METADATA_UPDATED", d: { nonce: 7 } })).toBe(true);
    expect(accepts(QueryNodesResult, { t: "QUERY_NODES", d: { nodes: [], nonce: "n" } })).toBe(true);
    expect(accepts(QueryNodesResult, { t: "QUERY_NODES", d: { nodes: [] } })).toBe(true);
  });
});
