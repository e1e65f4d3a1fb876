import { setTimeout as wait } from "node:timers/promises";
import { digestContent } from "../drive/content-ledger.ts";
import { countLeft } from "../drive/queue-admin.ts";
import { openRawClient } from "../drive/raw-client.ts";
import { application, pools, queues } from "../drive/targets.ts";

const pollMs = 40;
/** For so long nothing may change before what is left counts as stuck. */
const maxStillMs = 6000;

/** What became of the messages of a server, and how many it says it still has. */
export interface Taken {
  /** Digests by id. */
  readonly messages: ReadonlyMap<string, string>;
  readonly left: number;
}

/** Takes and acknowledges all that a server has, by receivers of every pool. @throws where it stops answering */
export async function takeEverything(port: number): Promise<Taken> {
  const messages = new Map<string, string>();
  const clients = pools.map((pool) => {
    const client = openRawClient(
      port,
      { client: `taker-${pool}`, application, pool },
      {
        opened() {
          for (const queue of queues) client.send("QUEUE_REQUEST", { queue, count: 10_000 });
        },
        heard({ t, d }) {
          if (t !== "QUEUE") return;
          const { queue, id, payload } = d.payload as { queue: string; id: string; payload: unknown };
          messages.set(id, digestContent(payload, d.nonce, d.headers));
          client.send("QUEUE_ACK", { queue, id });
          client.send("QUEUE_REQUEST", { queue, count: 1 });
        },
        refused() {},
        dismissed() {},
        closed() {},
      },
    );
    return client;
  });
  try {
    let left = await countLeft(port);
    let changedMs = Date.now();
    while (left > 0 && Date.now() - changedMs < maxStillMs) {
      await wait(pollMs);
      const now = await countLeft(port);
      if (now !== left) changedMs = Date.now();
      left = now;
    }
    return { messages, left };
  } finally {
    for (const client of clients) client.cut();
    await Promise.all(clients.map(({ gone }) => gone));
  }
}
