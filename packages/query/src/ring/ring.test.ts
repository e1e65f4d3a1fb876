import { describe, expect, it } from "vitest";
import { createMember, query } from "../../test/fixture.ts";
import { createEngine } from "../engine.ts";
import { hashMember, hashText } from "./hash.ts";
import { chooseByKey } from "./probes.ts";

const MEMBERS = 100;
const KEYS = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);

it("hashes the same in every process", () => {
  expect([hashText(""), hashText("user-17"), hashText("신경")]).toMatchInlineSnapshot(`
    [
      2872998923,
      3117024085,
      3522243027,
    ]
  `);
  expect(hashMember("a", "bc")).not.toBe(hashMember("ab", "c"));
});

describe("a key", () => {
  const engine = createEngine({ random: () => 0 });
  const members = Array.from({ length: MEMBERS }, (_, i) => createMember("api", `client-${i}`));
  for (const member of members) engine.join(member);
  const queries = KEYS.map((key) => query({ application: "api", key }));
  const owners = queries.map((each) => engine.chooseOne(each)!);

  it("stays with its owner when another leaves, and only a leaver's keys move", () => {
    const leaver = members[17]!;
    engine.leave(leaver);
    const after = queries.map((each) => engine.chooseOne(each)!);
    const moved = after.filter((owner, i) => owner !== owners[i]);
    expect(owners.filter((owner) => owner === leaver).length).toBe(moved.length);
    expect(moved.length / KEYS.length).toBeLessThan(1.5 / MEMBERS);
    engine.join(leaver);
    expect(queries.map((each) => engine.chooseOne(each))).toEqual(owners);
  });

  it("is spread evenly", () => {
    const counts = new Map(members.map((member) => [member, 0]));
    for (const owner of owners) counts.set(owner, counts.get(owner)! + 1);
    const mean = KEYS.length / MEMBERS;
    expect(Math.max(...counts.values())).toBeLessThan(1.5 * mean);
    expect(Math.min(...counts.values())).toBeGreaterThan(0);
  });

  it("chooses the same by walking the ring as by looking at everyone", () => {
    const large = createEngine({ random: () => 0 });
    const plain = createEngine({ random: () => 0, minIndexedMembers: Number.POSITIVE_INFINITY });
    for (let i = 0; i < 2000; i++) {
      const metadata = { n: { type: "integer", value: i % 10 } };
      large.join(createMember("api", `c${i}`, metadata));
      plain.join(createMember("api", `c${i}`, metadata));
    }
    for (let i = 0; i < 3000; i++) {
      const ops = i % 3 === 0 ? [{ n: { $ne: 3 } }] : [];
      const value = { application: "api", key: `k${i}`, ops };
      expect(large.chooseOne(query(value))?.id).toBe(plain.chooseOne(query(value))?.id);
      const sparse = (member: { id: string }) => member.id.endsWith("37");
      expect(large.chooseOne(query(value), sparse)?.id).toBe(plain.chooseOne(query(value), sparse)?.id);
    }
    expect(large.indexCounts().built.ring).toBe(1);
    expect(plain.indexCounts().built.ring).toBe(0);
  });
});

it("chooses among names by key", () => {
  const nodes = ["n1", "n2", "n3"];
  expect(chooseByKey("q", [])).toBeNull();
  const owner = chooseByKey("q", nodes)!;
  expect(chooseByKey("q", [...nodes].reverse())).toBe(owner);
  const others = nodes.filter((node) => node !== owner);
  expect(chooseByKey("q", [owner, others[0]!])).toBe(owner);
});
