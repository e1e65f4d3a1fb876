import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePatterns } from "./pattern.ts";
import { createRights } from "./rights.ts";

describe("patterns", () => {
  it("stand for themselves but for the star", () => {
    const accept = compilePatterns(["billing", "till-*", "*.log", "a*b*c", "x.y"]);
    const accepted = ["billing", "till-", "till-7", ".log", "b.log", "abc", "a-b-b-c", "x.y"];
    const refused = ["", "billing2", "Billing", "till", "a.logs", "acb", "ab", "x-y", "abcd"];
    expect([...accepted, ...refused].filter(accept)).toEqual(accepted);
  });
  it("do not count a character twice", () => {
    expect([compilePatterns(["ab*ba"])("aba"), compilePatterns(["ab*ba"])("abba")]).toEqual([false, true]);
    expect([compilePatterns(["a*ab*b"])("ab"), compilePatterns(["a*ab*b"])("aabb")]).toEqual([false, true]);
  });
  it("accept nothing where there are none, and everything by a star alone", () => {
    expect([compilePatterns([])("x"), compilePatterns(["y", "*"])("x")]).toEqual([false, true]);
  });
  it("say what the same regular expression says", () => {
    const text = fc.stringMatching(/^[ab*]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab]{0,10}$/), (pattern, name) => {
        const same = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
        expect(compilePatterns([pattern])(name)).toBe(same.test(name));
      }),
    );
  });
  it("take no longer than name and pattern are long, whatever they are", () => {
    const accept = compilePatterns([`${"*a".repeat(127)}*b`]);
    let steps = 0;
    const name = "a".repeat(256);
    for (; steps < 10_000; steps++) if (accept(name)) break;
    expect(steps).toBe(10_000);
  });
});

describe("rights", () => {
  it("are not bounded in what claims leave out, but for administration", () => {
    const rights = createRights({});
    expect([rights.maySend("x"), rights.mayPush("x"), rights.maySetMetadata("x"), rights.maySendToAll]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([rights.isAdmin, rights.namespace]).toEqual([false, null]);
  });
  it("are bounded by each claim by itself", () => {
    const rights = createRights({ namespace: "acme", send: ["a"], subscribe: ["orders.*"], admin: true });
    expect([rights.maySend("a"), rights.maySend("b"), rights.maySendToAll]).toEqual([true, false, false]);
    expect([rights.maySubscribe("orders.*.eu"), rights.maySubscribe("orders.>"), rights.maySubscribe(">")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([rights.mayPush("a"), rights.isAdmin, rights.namespace]).toEqual([true, true, "acme"]);
  });
});
