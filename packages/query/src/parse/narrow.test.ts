import { describe, expect, it } from "vitest";
import { createMember, createRandom, idsOf, query } from "../../test/fixture.ts";
import { createEngine } from "../engine.ts";
import { narrowToNamespace } from "./query.ts";

function createWorld() {
  const engine = createEngine({ random: createRandom(1), minIndexedMembers: 8 });
  for (let i = 0; i < 100; i++) {
    const namespace = [null, "one", "two"][i % 3] ?? null;
    const n = { type: "integer", value: i };
    // A key of metadata that is named as the base field is not the namespace.
    const member = createMember(
      "api",
      `${namespace} ${i}`,
      { n, tenant: { type: "string", value: "one" } },
      { namespace },
    );
    engine.join(member);
  }
  return engine;
}

const namespaces = (ids: string[]) => [...new Set(ids.map((id) => id.split(" ")[0]))];

describe("a query of a namespace", () => {
  it.each([
    {},
    { application: "api" },
    { ops: [{ n: { $gte: 10 } }] },
    { ops: [{ namespace: { $eq: "two" } }], optional: true },
    { ops: [{ n: { $eq: -1 } }], optional: true },
    { ops: [{ op: "$or", with: [{ namespace: { $eq: "two" } }, { n: { $gt: 0 } }] }] },
    { optional: true, selector: { $max: "/n" } },
    { key: "k" },
    { ops: [{ op: "$nor", with: [{ namespace: { $eq: "one" } }] }], optional: true },
  ])("keeps its members alone: %j", (value) => {
    const engine = createWorld();
    const narrowed = narrowToNamespace(query(value), "one");
    const kept = engine.chooseAll(narrowed);
    expect(namespaces(idsOf(kept))).toEqual(["one"]);
    for (let i = 0; i < 300; i++) expect(engine.chooseOne(narrowed)?.base.namespace).toBe("one");
    expect(engine.explain(narrowed, { limit: 100 })).toMatchObject({ considered: 33 });
    for (const { client_id: id } of engine.explain(narrowed, { limit: 100 }).candidates) expect(id).toMatch(/^one /);
    expect(
      engine
        .membersOf("api")
        .filter((member) => engine.matches(narrowed, member))
        .every((member) => member.base.namespace === "one"),
    ).toBe(true);
  });

  it("keeps nobody where its sender asks for another namespace", () => {
    const engine = createWorld();
    expect(engine.chooseAll(narrowToNamespace(query({ ops: [{ namespace: { $eq: "two" } }] }), "one"))).toEqual([]);
  });

  it("chooses among its members as if the others were not there", () => {
    const engine = createWorld();
    const best = narrowToNamespace(query({ selector: { $max: "/n" } }), "one");
    expect(engine.chooseOne(best)?.id).toBe("one 97");
  });
});
