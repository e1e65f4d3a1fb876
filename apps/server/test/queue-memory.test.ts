import { expect, test } from "vitest";
import { createMemoryQueueStore } from "../src/adapters/queue-memory/queue-memory.ts";
import { describeQueueStore } from "./queue-store-kit.ts";
import { append, openAndRecover } from "./queue-store-world.ts";

describeQueueStore("memory", async (maxBytes) => ({
  store: createMemoryQueueStore({ maxBytes }),
  [Symbol.asyncDispose]: async () => undefined,
}));

test("memory: a crash drops the commits under way, and keeps those that resolved", async () => {
  const store = createMemoryQueueStore();
  await store.open();
  await store.commit([append(1)]);
  const dropped = store.commit([append(2)]);
  store.crash();
  await expect(dropped).rejects.toMatchObject({ fault: "io" });
  expect((await openAndRecover(store)).messages.map(({ seq }) => seq)).toEqual([1]);
});

test("memory: there is nothing to back up", async () => {
  const store = createMemoryQueueStore();
  await store.open();
  await expect(store.backup("monday")).rejects.toMatchObject({ fault: "unsupported", message: /nothing on disk/ });
});
