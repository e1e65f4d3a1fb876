import { expect, test } from "vitest";
import { append, ready } from "../../../test/queue-store-world.ts";
import type { Change } from "../../ports/queue-store.ts";
import { createCommitPlanner } from "./commit-plan.ts";
import type { Environment } from "./environment.ts";
import { createSeqSet } from "./seq-set.ts";

/** An environment that writes down what it is told. */
function recordingEnvironment() {
  const told: string[] = [];
  const tree = (name: string) => ({
    put: (key: unknown) => void told.push(`put ${name} ${key}`),
    remove: (key: unknown) => void told.push(`remove ${name} ${key}`),
  });
  const trees = ["root", "messages", "standings", "identities", "paused"].map((name) => [name, tree(name)]);
  return { told, environment: Object.fromEntries(trees) as Environment };
}

const move: Change = { kind: "move", seq: 1, standing: ready };
const remove: Change = { kind: "remove", seq: 1 };

test("a record of a standing is removed where there is one, also at the second attempt", async () => {
  const planner = createCommitPlanner(createSeqSet());
  async function apply(changes: readonly Change[]): Promise<string[]> {
    const { told, environment } = recordingEnvironment();
    (await planner.plan(changes, 10_000, 0)).apply(environment);
    return told;
  }
  expect(await apply([append(1), move])).toEqual(["put messages 1", "put standings 1", "put root lastSeq"]);
  expect(await apply([remove])).toEqual(["remove messages 1", "remove standings 1"]);
  planner.undo([remove]);
  expect(await apply([remove])).toEqual(["remove messages 1", "remove standings 1"]);
  expect(await apply([remove])).toEqual(["remove messages 1"]);
});
