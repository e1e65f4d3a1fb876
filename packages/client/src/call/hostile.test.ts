import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { stageCalls } from "./call.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const odd = fc.oneof(fc.constantFrom(null, true, -1, 0, 1, 0.5, 1e300, "", "x", [], {}), fc.jsonValue({ maxDepth: 1 }));
const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(-1, -2, 0, 1) }, { weight: 1, arbitrary: odd });
const frame = fc.record({
  t: fc.constantFrom("CALL", "DATA", "CREDIT", "ABORT"),
  d: fc.oneof(
    { weight: 1, arbitrary: odd },
    {
      weight: 9,
      arbitrary: fc.record(
        {
          id,
          method: fc.oneof(fc.constantFrom("count", "take"), odd),
          from: odd,
          via: id,
          payload: odd,
          end: fc.oneof(fc.boolean(), odd),
          headers: fc.oneof(odd, fc.record({ callbacks: odd })),
          credit: odd,
          deadline_ms: odd,
          codec: fc.oneof(fc.constantFrom("bytes", "msgpack"), odd),
          n: odd,
          code: odd,
          message: odd,
          delivered: odd,
          data: odd,
        },
        { requiredKeys: ["id"] },
      ),
    },
  ),
});

it("whatever a server says of streams costs the client no more than the streams it names", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 40 }), async (frames) => {
      const stage = stageCalls().join({ app: "api" });
      const { client } = stage;
      client.handle("count", async function* (input) {
        yield input;
        yield 2;
      });
      client.handle("take", async (_, context) => {
        const all: unknown[] = [];
        for await (const each of context.messages()) all.push(each);
        return all;
      });
      const calls = [
        client.call(
          "x",
          "a",
          (async function* () {
            yield 1;
          })(),
        ),
        client.call("x", "b", () => 1),
      ];
      await settle();
      const outcomes = calls.map((call) =>
        call.then(
          () => {},
          () => {},
        ),
      );
      for (const { t, d } of frames) stage.dispatch(t, d as object);
      await settle();
      expect(client.connected).toBe(true);
      await client.close();
      await Promise.all(outcomes);
      await settle();
      expect(stage.platform.timers).toBe(0);
    }),
    {
      numRuns: 300,
      examples: [
        [
          [
            // Ids that are the client's own to give.
            { t: "ABORT", d: { id: 0 } },
            { t: "CALL", d: { id: 0, method: "take" } },
            { t: "DATA", d: { id: 0, payload: [] } },
          ],
        ],
        [
          [
            { t: "CALL", d: { id: -2, method: "take" } },
            { t: "DATA", d: { id: -2, payload: null } },
          ],
        ],
      ],
    },
  );
});
