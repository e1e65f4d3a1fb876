import { describe, expect, test, vi } from "vitest";
import { describeHistories } from "./queue-store-histories.ts";
import { append, type CreateStoreWorld, openAndRecover, ready, recover, reopen } from "./queue-store-world.ts";

// Disks and processes of a busy machine are slow.
vi.setConfig({ testTimeout: 60_000 });

const roomy = 64 * 1024 * 1024;

/** What every adapter of the `QueueStore` port promises. */
export function describeQueueStore(name: string, create: CreateStoreWorld): void {
  describe(`${name}: messages`, () => describeMessages(create));
  describe(`${name}: identities and pauses`, () => describeOthers(create));
  describe(`${name}: commits`, () => describeCommits(create));
  describe(`${name}: its bound`, () => describeBound(create));
  describe(`${name}: open and closed`, () => describeLife(create));
  describe(`${name}: any history`, () => describeHistories(create));
}

function describeMessages(create: CreateStoreWorld): void {
  test("a new store holds nothing", async () => {
    await using world = await create(roomy);
    expect(await openAndRecover(world.store)).toEqual({
      messages: [],
      identities: [],
      paused: [],
      bodies: [],
      lastSeq: 0,
    });
  });

  test("a message comes back as it was appended", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const change = append(
      7,
      {
        queue: "신경 ✓",
        target: '{"é":"ü"}',
        priority: 9,
        maxAttempts: 65_535,
        pushedMs: 1.5,
        body: Buffer.from("\0ÿ"),
      },
      { state: "delayed", attempt: 3, turn: -2.5, dueMs: 8e15, expiresMs: 9e15 },
    );
    if (change.kind !== "append") throw new Error("no message");
    await world.store.commit([change]);
    const { body, identity: _, ...message } = change.message;
    expect(await reopen(world.store)).toMatchObject({
      messages: [{ ...message, standing: change.standing, bodyBytes: body.byteLength }],
      bodies: [Buffer.from(body).toString("latin1")],
    });
  });

  test.each([0, 1, 1500, 1900, 2100, 5000, 100_000, 3_000_000])("a body of %i bytes comes back whole", async (size) => {
    await using world = await create(roomy);
    await world.store.open();
    const body = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) % 251));
    await world.store.commit([append(1), append(2, { body }), append(3)]);
    expect(Buffer.compare(body, (await world.store.read([2]))[0] ?? Buffer.from("gone"))).toBe(0);
    expect((await reopen(world.store)).messages.map(({ bodyBytes }) => bodyBytes)).toEqual([9, size, 9]);
    expect(Buffer.compare(body, (await world.store.read([2]))[0] ?? Buffer.from("gone"))).toBe(0);
  });

  test("messages come back by seq, however far apart, with long names and targets", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const seqs = [1, 2, 255, 256, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3, 2 ** 53 - 1];
    const queue = "q".repeat(256);
    const target = JSON.stringify({ text: "t".repeat(50_000) });
    for (const seq of seqs) await world.store.commit([append(seq, { queue, target })]);
    const content = await reopen(world.store);
    expect(content.messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(content.messages.every((message) => message.queue === queue && message.target === target)).toBe(true);
    expect(content.lastSeq).toBe(2 ** 53 - 1);
  });

  test("a message stands where it was moved last, in every part", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const dead = { state: "dead", attempt: 20, turn: 9, dueMs: 5, expiresMs: 6, cause: "rejected" } as const;
    await world.store.commit([append(1), append(2), { kind: "move", seq: 1, standing: { ...ready, state: "leased" } }]);
    await world.store.commit([{ kind: "move", seq: 1, standing: dead }]);
    const { messages } = await reopen(world.store);
    expect(messages.map(({ standing }) => standing)).toEqual([dead, { ...ready, turn: 2 }]);
  });

  test("a removed message is gone, and where it stood with it", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([append(1), append(2), { kind: "move", seq: 1, standing: { ...ready, attempt: 1 } }]);
    await world.store.commit([{ kind: "remove", seq: 1 }]);
    expect(await world.store.read([1, 2])).toEqual([null, expect.anything()]);
    expect((await reopen(world.store)).messages.map(({ seq }) => seq)).toEqual([2]);
  });

  test("bodies are read in the order asked, null where one is gone, and are the caller's", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([append(1), append(2)]);
    const bodies = await world.store.read([2, 9, 1, 2]);
    expect(bodies.map((body) => body && Buffer.from(body).toString())).toEqual([
      "body of 2",
      null,
      "body of 1",
      "body of 2",
    ]);
    bodies[0]?.fill(0);
    const [again] = await world.store.read([2]);
    expect([again, bodies[3]].map((body) => Buffer.from(body!).toString())).toEqual(["body of 2", "body of 2"]);
    expect(await world.store.read([])).toEqual([]);
  });

  test("the greatest seq is remembered when nothing is left", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([append(5), append(6)]);
    expect(world.store.lastSeq()).toBe(6);
    await world.store.commit([
      { kind: "remove", seq: 5 },
      { kind: "remove", seq: 6 },
    ]);
    expect(await reopen(world.store)).toMatchObject({ messages: [], lastSeq: 6 });
  });

  test("many messages come back in pages, with turns of the event loop between them", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit(Array.from({ length: 3500 }, (_, i) => append(i + 1)));
    await world.store.close();
    await world.store.open();
    const sizes: number[] = [];
    for await (const page of world.store.recover()) sizes.push(page.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3500);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
  });
}

function describeOthers(create: CreateStoreWorld): void {
  const identity = { id: "order-1 ✓", untilMs: 1_700_000_120_000 };

  test("an identity outlives its message, until it is forgotten", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([append(1, { identity }), append(2), append(3, { queue: "mails", identity })]);
    await world.store.commit([{ kind: "remove", seq: 1 }]);
    const kept = [
      { kind: "identity", seq: 1, queue: "orders", ...identity },
      { kind: "identity", seq: 3, queue: "mails", ...identity },
    ];
    expect((await reopen(world.store)).identities).toEqual(kept);
    await world.store.commit([
      { kind: "forget", seq: 1 },
      { kind: "forget", seq: 3 },
    ]);
    const content = await reopen(world.store);
    expect([content.identities, content.messages.map(({ seq }) => seq)]).toEqual([[], [2, 3]]);
  });

  test("queues are paused until they are not", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([
      { kind: "pause", queue: "신경", paused: true },
      { kind: "pause", queue: "b".repeat(256), paused: true },
      { kind: "pause", queue: "c", paused: true },
      { kind: "pause", queue: "c", paused: false },
      { kind: "pause", queue: "never", paused: false },
    ]);
    await world.store.commit([{ kind: "pause", queue: "신경", paused: true }]);
    expect((await reopen(world.store)).paused).toEqual(["b".repeat(256), "신경"]);
    await world.store.commit([{ kind: "pause", queue: "신경", paused: false }]);
    expect((await reopen(world.store)).paused).toEqual(["b".repeat(256)]);
  });
}

function describeCommits(create: CreateStoreWorld): void {
  test("changes of one commit are applied in order", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([
      append(1, { identity: { id: "a", untilMs: 1 } }),
      { kind: "move", seq: 1, standing: { ...ready, attempt: 1 } },
      { kind: "move", seq: 1, standing: { ...ready, attempt: 2 } },
      append(2),
      { kind: "move", seq: 2, standing: { ...ready, attempt: 1 } },
      { kind: "remove", seq: 2 },
      { kind: "forget", seq: 1 },
    ]);
    const content = await reopen(world.store);
    expect(content.messages.map(({ seq, standing }) => [seq, standing.attempt])).toEqual([[1, 2]]);
    expect([content.identities, content.lastSeq]).toEqual([[], 2]);
  });

  test("a commit of nothing, and changes of what is not there, change nothing", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await world.store.commit([]);
    await world.store.commit([append(1)]);
    await world.store.commit([
      { kind: "move", seq: 8, standing: ready },
      { kind: "remove", seq: 9 },
      { kind: "forget", seq: 1 },
    ]);
    await world.store.commit([{ kind: "remove", seq: 9 }]);
    expect((await reopen(world.store)).messages.map(({ seq }) => seq)).toEqual([1]);
  });

  test("the memory of a body is its owner's again once the commit resolves", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const body = Buffer.from("as it was");
    await world.store.commit([append(1, { body })]);
    body.fill("x");
    await world.store.commit([append(2, { body })]);
    expect((await reopen(world.store)).bodies).toEqual(["as it was", "xxxxxxxxx"]);
  });

  test("commits at once are applied one after the other, and reads between see whole commits", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const commits = Array.from({ length: 20 }, (_, i) =>
      world.store.commit([
        append(2 * i + 1),
        append(2 * i + 2),
        ...(i > 0 ? [{ kind: "remove", seq: 1 } as const] : []),
      ]),
    );
    for (let i = 0; i < 20; i++) {
      const [odd, even] = await world.store.read([2 * i + 3, 2 * i + 4]);
      expect(odd === null).toBe(even === null);
    }
    await Promise.all(commits);
    expect((await recover(world.store)).messages.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 39 }, (_, i) => i + 2),
    );
  });

  test("what it takes grows with messages, and shrinks when they go, wherever they stood", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const before = world.store.usedBytes();
    const seqs = Array.from({ length: 4000 }, (_, i) => i + 1);
    await world.store.commit(seqs.map((seq) => append(seq, { body: Buffer.alloc(200) })));
    await world.store.commit(seqs.map((seq) => ({ kind: "move", seq, standing: { ...ready, attempt: 1 } })));
    const filled = world.store.usedBytes();
    expect(filled - before).toBeGreaterThan(4000 * 200);
    expect(filled - before).toBeLessThan(4000 * 800);
    await world.store.commit(seqs.slice(0, 2000).map((seq) => ({ kind: "remove", seq })));
    await reopen(world.store);
    await world.store.commit(seqs.slice(2000).map((seq) => ({ kind: "remove", seq })));
    expect(world.store.usedBytes()).toBeLessThan(before + 50_000);
  });
}

function describeBound(create: CreateStoreWorld): void {
  test.each([200, 5000])(
    "full with bodies of %i bytes, it refuses, keeps what it has, and has room again",
    async (size) => {
      await using world = await create(4 * 1024 * 1024);
      await world.store.open();
      const body = Buffer.alloc(size, 1);
      let seq = 0;
      const fill = async (): Promise<number> => {
        const first = seq;
        while (true) {
          const group = Array.from({ length: 50 }, () => append(++seq, { body }));
          try {
            await world.store.commit([...group, { kind: "pause", queue: "half done", paused: true }]);
          } catch (error) {
            expect(error).toMatchObject({ name: "StoreError", fault: "bound" });
            seq -= 50;
            return seq - first;
          }
          await world.store.commit([{ kind: "pause", queue: "half done", paused: false }]);
        }
      };
      const fitted = await fill();
      expect(fitted * size).toBeGreaterThan(400_000);
      const full = await reopen(world.store);
      expect([full.messages.length, full.lastSeq, full.paused]).toEqual([fitted, fitted, []]);
      for (let from = 1; from <= fitted; from += 50)
        await world.store.commit(Array.from({ length: 50 }, (_, i) => ({ kind: "remove", seq: from + i })));
      const refitted = await fill();
      expect(refitted).toBeGreaterThan(fitted / 2);
      expect((await reopen(world.store)).messages.map((message) => message.seq)).toEqual(
        Array.from({ length: refitted }, (_, i) => fitted + i + 1),
      );
    },
  );
}

function describeLife(create: CreateStoreWorld): void {
  test("it is open once at a time", async () => {
    await using world = await create(roomy);
    await world.store.open();
    await expect(world.store.open()).rejects.toMatchObject({ fault: "locked" });
    await world.store.close();
    await world.store.close();
    await world.store.open();
  });

  test("close finishes what is under way", async () => {
    await using world = await create(roomy);
    await world.store.open();
    const commits = [world.store.commit([append(1)]), world.store.commit([append(2)])];
    await world.store.close();
    await Promise.all(commits);
    expect((await openAndRecover(world.store)).messages).toHaveLength(2);
  });

  test("closed, it commits nothing", async () => {
    await using world = await create(roomy);
    await expect(world.store.commit([append(1)])).rejects.toMatchObject({ fault: "io" });
    await world.store.open();
    await world.store.close();
    await expect(world.store.commit([append(1)])).rejects.toMatchObject({ fault: "io" });
    expect((await openAndRecover(world.store)).messages).toEqual([]);
  });
}
