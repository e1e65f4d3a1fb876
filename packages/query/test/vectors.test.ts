import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEngine, parseQuery } from "../src/index.ts";
import { createMember, createRandom, idsOf, type TypedMetadata } from "./fixture.ts";

interface Vectors {
  clients: { client_id: string; application_id: string; namespace?: string; metadata: TypedMetadata }[];
  cases: { name: string; query: unknown; expect: string[] | "invalid" }[];
}

const vectors = JSON.parse(readFileSync(new URL("vectors/queries.json", import.meta.url), "utf8")) as Vectors;
const engine = createEngine({ random: createRandom(1) });
for (const { application_id, client_id, namespace, metadata } of vectors.clients) {
  engine.join(createMember(application_id, client_id, metadata, namespace === undefined ? {} : { namespace }));
}

describe("conformance vectors", () => {
  it("are all there", () => expect(vectors.cases.length).toBe(95));

  it.each(vectors.cases)("$name", ({ query, expect: expected }) => {
    const result = parseQuery(query);
    if (expected === "invalid") {
      expect(result).toMatchObject({ ok: false, code: expect.stringMatching(/^query\//), at: expect.any(String) });
      return;
    }
    if (!result.ok) throw new Error(result.message);
    expect(idsOf(engine.chooseAll(result.query))).toEqual([...expected].sort());
    expect(
      engine
        .explain(result.query, { limit: 100 })
        .chosen.map((name) => name.client_id)
        .sort(),
    ).toEqual([...expected].sort());
    const one = engine.chooseOne(result.query);
    if (expected.length === 0) expect(one).toBeNull();
    else expect(expected).toContain(one?.id);
  });
});
