import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLmdbQueueStore } from "../src/adapters/queue-lmdb/queue-lmdb.ts";
import { describeQueueStore } from "./queue-store-kit.ts";

describeQueueStore("lmdb", async (maxBytes) => {
  const folder = await mkdtemp(join(tmpdir(), "singyeong-queues-"));
  const store = createLmdbQueueStore({ folder, maxBytes });
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
