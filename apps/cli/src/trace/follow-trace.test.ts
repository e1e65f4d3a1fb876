import { expect, it } from "vitest";
import { followTrace } from "./follow-trace.ts";

const hop = (name: string, duration_ms: number | null) => ({ name, at_ms: 1, duration_ms });

/** What a server says, one look after the other; the last for ever. */
function saying(...answers: readonly (readonly object[])[]) {
  let looks = 0;
  return {
    look: async () => ({ hops: answers[Math.min(looks++, answers.length - 1)] }),
    get looks() {
      return looks;
    },
  };
}
const never = new AbortController().signal;

it("looks until nothing more comes and all has ended", async () => {
  const server = saying([], [hop("a", null)], [hop("a", 1), hop("b", null)], [hop("a", 1), hop("b", 2)]);
  const { hops } = await followTrace({ look: server.look, quietMs: 1, patienceMs: 1e6, signal: never });
  expect(hops.map(({ name, durationMs }) => [name, durationMs])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
});

it("waits no longer than told for what goes on", async () => {
  const { look } = saying([hop("a", null)]);
  expect(await followTrace({ look, quietMs: 1e6, patienceMs: 1, signal: never })).toMatchObject({ dropped: 0 });
});

it("ends with what there is when it is told to", async () => {
  const { look } = saying([hop("a", null)]);
  const { hops } = await followTrace({ look, quietMs: 1e6, patienceMs: 1e6, signal: AbortSignal.abort() });
  expect(hops).toHaveLength(1);
});

it("refuses what is no trace", async () => {
  const look = async () => ({ hops: [{}] });
  const call = followTrace({ look, quietMs: 1, patienceMs: 1, signal: never });
  await expect(call).rejects.toMatchObject({ code: "client/protocol" });
});
