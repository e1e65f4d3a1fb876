import { describe, expect, it } from "vitest";
import { createMember, createRandom, idsOf, query } from "../test/fixture.ts";
import { createEngine } from "./engine.ts";
import { createAttribute } from "./member/attribute.ts";

const integer = (value: number) => {
  const result = createAttribute("integer", value);
  if (!result.ok) throw new Error(result.message);
  return result.attribute;
};

function createWorld(count: number) {
  const engine = createEngine({ random: createRandom(5) });
  const members = Array.from({ length: count }, (_, i) =>
    createMember(
      "api",
      `c${i}`,
      { n: { type: "integer", value: i } },
      { tags: i % 2 === 0 ? ["even"] : ["odd", "odd"] },
    ),
  );
  for (const member of members) engine.join(member);
  return { engine, members };
}

describe("an engine", () => {
  it("returns the very object that joined, and forgets who left", () => {
    const { engine, members } = createWorld(3);
    const chosen = engine.chooseOne(query({ ops: [{ n: { $eq: 1 } }] }));
    expect(chosen).toBe(members[1]);
    engine.leave(members[1]!);
    engine.leave(members[1]!);
    expect(engine.chooseOne(query({ ops: [{ n: { $eq: 1 } }] }))).toBeNull();
    expect([engine.size, members[1]!.membership]).toEqual([2, null]);
    engine.join(members[1]!);
    expect(() => engine.join(members[1]!)).toThrow("api/c1 has joined already");
  });

  it("answers a query that was planned before its application came, went and came back", () => {
    const { engine, members } = createWorld(2);
    const all = query({ application: "api" });
    expect(engine.chooseAll(all)).toHaveLength(2);
    for (const member of members) engine.leave(member);
    expect(engine.chooseAll(all)).toEqual([]);
    engine.join(members[0]!);
    expect(engine.chooseAll(all)).toEqual([members[0]]);
  });

  it("answers one query for two engines in turn", () => {
    const all = query({ application: "api" });
    const first = createWorld(2);
    const second = createWorld(3);
    expect(first.engine.chooseAll(all)).toHaveLength(2);
    expect(second.engine.chooseAll(all)).toHaveLength(3);
    expect(first.engine.chooseAll(all)).toHaveLength(2);
  });

  it("chooses by all tags; an empty list asks for none", () => {
    const { engine } = createWorld(4);
    expect(idsOf(engine.chooseAll(query({ application: ["even"] })))).toEqual(["c0", "c2"]);
    expect(engine.chooseAll(query({ application: ["even", "odd"] }))).toEqual([]);
    expect(engine.chooseAll(query({ application: ["even", "none"], optional: true }))).toEqual([]);
    expect(engine.chooseAll(query({ application: [] }))).toHaveLength(4);
  });

  it("merges, removes by null, and replaces", () => {
    const { engine, members } = createWorld(1);
    engine.update(
      members[0]!,
      new Map([
        ["a", integer(1)],
        ["n", null],
      ]),
      "merge",
    );
    expect([...members[0]!.attributes.keys()]).toEqual(["a"]);
    engine.update(members[0]!, new Map([["b", integer(2)]]), "replace");
    expect([...members[0]!.attributes.keys()]).toEqual(["b"]);
  });

  it("narrows by eligibility as if the others did not exist", () => {
    const { engine } = createWorld(10);
    const lowest = query({ selector: { $min: "n" } });
    expect(engine.chooseOne(lowest, (member) => member.id > "c4")?.id).toBe("c5");
    expect(engine.chooseOne(query({ optional: true, ops: [{ n: { $gt: 99 } }] }), () => false)).toBeNull();
  });

  it("lists applications and their members", () => {
    const { engine, members } = createWorld(2);
    expect(engine.applications()).toEqual([{ id: "api", size: 2 }]);
    expect(engine.membersOf("api")).toEqual(members);
    expect(engine.membersOf("none")).toEqual([]);
  });
});

describe("indexes", () => {
  const one = (value: number) => query({ application: "api", ops: [{ n: { $eq: value } }] });

  it("appear when queries paid for them, even if every query is a new one", () => {
    const { engine } = createWorld(1000);
    for (let i = 0; i < 20; i++) expect(engine.chooseOne(one(i * 7))?.id).toBe(`c${i * 7}`);
    expect(engine.indexCounts().built).toMatchObject({ hash: 1, ordered: 0, contains: 0 });
  });

  it("go when updates cost more than queries gain, and follow updates until then", () => {
    const { engine, members } = createWorld(1000);
    for (let i = 0; i < 20; i++) engine.chooseOne(one(i));
    for (let i = 0; i < 20_000; i++) engine.update(members[i % 1000]!, new Map([["n", integer(i + 1000)]]), "merge");
    expect(engine.indexCounts()).toMatchObject({ built: { hash: 1 }, dropped: { hash: 1 } });
    expect(engine.chooseOne(one(20_999))).toBe(members[999]);
  });

  it("go when nobody uses them for long", () => {
    const engine = createEngine({ random: createRandom(5), unusedQueries: 2000 });
    for (let i = 0; i < 500; i++) engine.join(createMember("api", `c${i}`, { n: { type: "integer", value: i } }));
    for (let i = 0; i < 50; i++) engine.chooseOne(one(i));
    const all = query({ application: "api" });
    for (let i = 0; i < 4000; i++) engine.chooseOne(all);
    expect(engine.indexCounts()).toMatchObject({ built: { hash: 1 }, dropped: { hash: 1 } });
  });

  it("are not built for a value that everyone has", () => {
    const { engine } = createWorld(500);
    for (let i = 0; i < 5000; i++) engine.chooseOne(query({ ops: [{ n: { $gte: 0 } }] }));
    expect(engine.indexCounts().built).toEqual({ hash: 0, ordered: 0, contains: 0, ring: 0 });
  });
});
