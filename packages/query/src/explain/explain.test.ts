import { expect, it } from "vitest";
import { createMember, createRandom, query } from "../../test/fixture.ts";
import { createEngine } from "../engine.ts";

const engine = createEngine({ random: createRandom(1) });
const metadata = { latency: { type: "integer", value: 200 }, region: { type: "string", value: "eu" } };
engine.join(createMember("api", "slow", metadata));
engine.join(createMember("api", "bare"));
engine.join(createMember("api", "new", { build: { type: "version", value: "2.0.0" } }, { restricted: true }));

function messages(ops: unknown[], id: string): string[] {
  const { candidates } = engine.explain(query({ application: "api", ops, restricted: true }), { limit: 10 });
  return candidates.find((candidate) => candidate.client_id === id)!.ops.map((op) => op.message);
}

it("tells per candidate which op failed, and where it stands", () => {
  const value = {
    application: "api",
    ops: [{ op: "$and", with: [{ region: { $eq: "eu" } }, { latency: { $lte: 100 } }] }],
  };
  const explanation = engine.explain(query(value), { limit: 10 });
  expect(explanation).toMatchObject({ considered: 3, matched: 0, chosen: [], fallback: false, truncated: false });
  expect(explanation.candidates[0]).toEqual({
    app_id: "api",
    client_id: "slow",
    matched: false,
    reason: "ops",
    ops: [
      { at: "/ops/0", op: "$and", outcome: "false", message: "$and of 2 is false" },
      {
        at: "/ops/0/with/0/region/$eq",
        op: "$eq",
        path: "/region",
        outcome: "true",
        message: '"eu" equals "eu"',
        actual: "eu",
      },
      {
        at: "/ops/0/with/1/latency/$lte",
        op: "$lte",
        path: "/latency",
        outcome: "false",
        message: "200 is not ≤ 100",
        actual: 200,
      },
    ],
  });
  expect(explanation.candidates.map((candidate) => candidate.reason)).toEqual(["ops", "ops", "restricted"]);
});

it("says why an op is unknown", () => {
  expect(messages([{ latency: { $gt: "1" } }], "slow")).toEqual(["ordering number against string"]);
  expect(messages([{ latency: { $gt: 1 } }], "bare")).toEqual(["path is missing"]);
  expect(messages([{ build: { $gt: "banana" } }], "new")).toEqual(["ordering version against text that is no version"]);
  expect(messages([{ build: { $gt: "1.0.0" } }], "new")).toEqual(['version 2.0.0 > "1.0.0"']);
  expect(messages([{ region: { $contains: "e" } }], "slow")).toEqual(["string contains nothing"]);
  expect(messages([{ path: "/region", op: "$in", to: { path: "/latency" } }], "slow")).toEqual([
    "number is no list to look in",
  ]);
  expect(messages([{ path: "/region", op: "$eq", to: { path: "/x" } }], "slow")).toEqual(["path /x is missing"]);
});

it("tells a fallback, a selector's losers and the ineligible apart", () => {
  const optional = engine.explain(query({ ops: [{ region: { $eq: "mars" } }], optional: true }), { limit: 1 });
  expect(optional).toMatchObject({ matched: 0, choices: 2, fallback: true, truncated: true });
  const selected = engine.explain(query({ selector: { $min: "latency" } }), {
    limit: 9,
    eligible: (m) => m.id !== "bare",
  });
  expect(selected.candidates.map((candidate) => candidate.reason)).toEqual([undefined, "ineligible", "restricted"]);
});

it("finds nobody in an application without members", () => {
  expect(engine.explain(query({ application: "none" }), { limit: 9 })).toMatchObject({ considered: 0, choices: 0 });
});
