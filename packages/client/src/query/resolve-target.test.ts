import { describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import { query } from "./builder.ts";
import { declarationOf, resolveTarget } from "./resolve-target.ts";

const gateway = defineApplication("gateway");

describe("a target", () => {
  it("is resolved to its plain query", () => {
    const plain = { application: ["edge"], optional: true };
    expect(resolveTarget("api")).toEqual({ application: "api", ops: [] });
    expect(resolveTarget(plain)).toBe(plain);
    expect(resolveTarget(query("api").droppable())).toEqual({ application: "api", ops: [], droppable: true });
    expect(resolveTarget(gateway)).toEqual({ application: "gateway", ops: [] });
    expect(resolveTarget({})).toEqual({});
  });

  it("knows the declaration that it was made from", () => {
    expect(declarationOf("gateway")).toBeNull();
    expect(declarationOf({ application: "gateway" })).toBeNull();
    expect(declarationOf(query("gateway"))).toBeNull();
    expect(declarationOf(gateway)).toBe(gateway);
    expect(declarationOf(query(gateway).optional().key("a"))).toBe(gateway);
  });
});
