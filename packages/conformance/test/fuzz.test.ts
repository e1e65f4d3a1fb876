import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createAttack } from "../src/fuzz/attacks.ts";
import { createChance } from "../src/fuzz/chance.ts";
import { strikeHttp, strikeRoutes } from "../src/fuzz/http-attacks.ts";
import { strike } from "../src/fuzz/strike.ts";
import { ask } from "../src/http.ts";
import { everyoneIn, type IdentifiedClient, identifiedClient } from "../src/identified.ts";
import type { Frame } from "../src/raw-client.ts";
import { listeners, type RunningServer, startServer } from "../src/start-server.ts";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const seconds = Number(process.env.FUZZ_SECONDS);
/** Attackers at a time: most are told of their mistake and closed 100 ms later, so they are sent in crowds. */
const crowd = 48;
/** What the server may hold beyond what it started with; a hundred crowds leave it far below. */
const maxGrowthBytes = 400 * 1024 * 1024;

describe.each(listeners)("hostile clients (%s)", (listener) => {
  test(`leave the server and its other clients alone (SEED=${seed}, FUZZ_SECONDS=${seconds})`, async () => {
    await using server = await startServer({ listener });
    await using bystander = await identifiedClient(server);
    await using friend = await identifiedClient(server, { encoding: "msgpack" });
    const atStart = residentBytes(server);
    const until = performance.now() + seconds * 1000;
    for (let batch = 0; batch === 0 || performance.now() < until; batch++) {
      const chance = createChance(seed + batch);
      const attacks = Array.from({ length: crowd }, (_, i) => createAttack(chance, `victim-${i}`));
      const struck = attacks.map((attack, i) =>
        strike(server, attack, `attacker-${batch}-${i}`).catch((error: Error) => {
          throw new Error(`${attack.name} (SEED=${seed + batch}, number ${i}): ${error.message}`);
        }),
      );
      const raids = Array.from({ length: 6 }, () => [strikeHttp(server, chance), strikeRoutes(server, chance)]);
      await Promise.all([...struck, ...raids.flat(), converse(friend, bystander, batch)]);
      await converse(friend, bystander, batch);
      await queueUp(friend, bystander, batch);
      expect(server.isRunning()).toBe(true);
      expect((await ask(server, "GET", "/healthz")).status).toBe(200);
      expect(residentBytes(server) - atStart).toBeLessThan(maxGrowthBytes);
    }
  });
});

/** Messages between two clients in good standing arrive in order, whatever strays in between. */
async function converse(from: IdentifiedClient, to: IdentifiedClient, batch: number): Promise<void> {
  const count = 20;
  for (let i = 0; i < count; i++) {
    from.dispatch("SEND", { target: everyoneIn(to.application), nonce: `batch ${batch}`, payload: i });
  }
  for (let expected = 0; expected < count; ) {
    const { op, d } = await to.next();
    expect(op).toBe(4);
    if (d.nonce !== `batch ${batch}`) continue;
    expect(d.payload).toBe(expected);
    expected++;
  }
}

/** Messages between the same two through a queue arrive in order, too, and are done with. */
async function queueUp(from: IdentifiedClient, to: IdentifiedClient, batch: number): Promise<void> {
  const [queue, count] = [`batch ${batch}`, 10];
  to.dispatch("QUEUE_REQUEST", { queue, count });
  for (let i = 0; i < count; i++) {
    from.dispatch("QUEUE", { queue, target: everyoneIn(to.application), nonce: i, payload: i });
  }
  for (let expected = 0; expected < count; expected++) {
    expect(await nextOf(from, "QUEUE_CONFIRM", queue)).toMatchObject({ nonce: expected });
    const { nonce, payload } = await nextOf(to, "QUEUE", queue);
    expect([nonce, payload.payload, payload.attempt]).toEqual([expected, expected, 1]);
    to.dispatch("QUEUE_ACK", { queue, id: payload.id });
  }
}

/** `d` of the next event about a queue, whatever strays in between. */
async function nextOf(client: IdentifiedClient, event: string, queue: string): Promise<Frame["d"]> {
  for (;;) {
    const { op, t, d } = await client.next();
    expect(op).toBe(4);
    if (t === event && (d.queue ?? d.payload?.queue) === queue) return d;
  }
}

function residentBytes({ pid }: RunningServer): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}
