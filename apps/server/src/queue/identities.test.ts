import { describe, expect, it } from "vitest";
import { createIdentities, type Identity } from "./identities.ts";

function identity(id: string, seq: number, untilMs: number, queue = "q"): Identity {
  return { queue, id, seq, untilMs, refusal: null };
}

describe("the ids of pushes", () => {
  it("are known by queue and id until they are over", () => {
    const identities = createIdentities();
    const mine = identity("x", 1, 100);
    const other = identity("x", 2, 200, "other");
    identities.add(mine);
    identities.add(other);
    expect(identities.find("q", "x", 99)).toBe(mine);
    expect(identities.find("q", "x", 100)).toBeUndefined();
    expect(identities.find("other", "x", 100)).toBe(other);
    expect(identities.find("q", "y", 0)).toBeUndefined();
  });

  it("end in the order in which they were entered", () => {
    const identities = createIdentities();
    expect([identities.nextMs(), identities.expire(1e9)]).toEqual([Number.POSITIVE_INFINITY, null]);
    identities.add(identity("a", 1, 100));
    identities.add(identity("b", 2, 150));
    expect(identities.nextMs()).toBe(100);
    expect(identities.expire(99)).toBe(null);
    expect(identities.expire(100)?.seq).toBe(1);
    expect([identities.nextMs(), identities.size]).toEqual([150, 1]);
    expect(identities.expire(150)?.seq).toBe(2);
    expect(identities.size).toBe(0);
  });

  it("may be used anew before the old one was forgotten, which then leaves the new one alone", () => {
    const identities = createIdentities();
    identities.add(identity("x", 1, 100));
    const again = identity("x", 2, 250);
    identities.add(again);
    expect(identities.expire(120)?.seq).toBe(1);
    expect(identities.find("q", "x", 120)).toBe(again);
  });

  it("are forgotten at once where their push was refused", () => {
    const identities = createIdentities();
    const refused = identity("x", 1, 100);
    identities.add(refused);
    refused.refusal = { ok: false, code: "queue/full", extraInfo: null };
    identities.remove(refused);
    expect(identities.find("q", "x", 0)).toBeUndefined();
    expect([identities.size, identities.nextMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
