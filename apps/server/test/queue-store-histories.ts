import fc from "fast-check";
import { test } from "vitest";
import type { Change, Standing } from "../src/ports/queue-store.ts";
import { append, type CreateStoreWorld, reopen, type StoreContent } from "./queue-store-world.ts";

const standing: fc.Arbitrary<Standing> = fc.record({
  state: fc.constantFrom("ready", "leased", "delayed", "dead"),
  attempt: fc.nat(70_000),
  turn: fc.double({ noNaN: true, noDefaultInfinity: true }).map((turn) => turn + 0),
  dueMs: fc.maxSafeNat(),
  expiresMs: fc.maxSafeNat(),
  cause: fc.constantFrom(null, "attempts", "expired", "rejected"),
});
const queue = fc.constantFrom("orders", "mails", "신경");

/** A change as it is drawn: which message it is of, `pick` says once it is known which there are. */
const drawn = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      gap: fc.integer({ min: 1, max: 5000 }),
      queue,
      target: fc.string({ unit: "grapheme", maxLength: 30 }),
      bodyBytes: fc.oneof(fc.nat(300), fc.constantFrom(0, 1990, 2020, 4100, 20_000)),
      id: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }), { nil: null }),
      standing,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), pick: fc.nat(), standing }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("remove" as const, "forget" as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause" as const), queue, paused: fc.boolean() }) },
);
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

const history = fc.array(fc.record({ commits: fc.array(fc.array(drawn, { maxLength: 40 }), { maxLength: 4 }) }), {
  minLength: 1,
  maxLength: 6,
});

export function describeHistories(create: CreateStoreWorld): void {
  test("what is there after any history with reopenings is what a plain model says", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (eras) => {
        await using world = await create(256 * 1024 * 1024);
        const model = createModel();
        await world.store.open();
        for (const { commits } of eras) {
          for (const changes of commits) await world.store.commit(changes.map((change) => model.apply(change)));
          assertSame(await reopen(world.store), model.content());
        }
        await world.store.close();
      }),
      { numRuns: 40 },
    );
  });
}

function createModel() {
  const messages = new Map<number, Extract<Change, { kind: "append" }>>();
  const identities = new Map<number, { queue: string; id: string; untilMs: number }>();
  const paused = new Set<string>();
  let lastSeq = 0;
  const pickSeq = (pick: number): number =>
    lastSeq === 0 ? 1 : pickOf([...messages.keys(), ...identities.keys(), lastSeq], pick);

  /** Makes a drawn change a real one, and does as a store should. */
  function apply(given: Drawn): Change {
    switch (given.kind) {
      case "append": {
        lastSeq += given.gap;
        const { queue: name, target } = given;
        const body = Buffer.alloc(given.bodyBytes, lastSeq % 256);
        const identity = given.id === null ? null : { id: given.id, untilMs: lastSeq * 3 };
        const change = append(lastSeq, { queue: name, target, body, identity }, given.standing);
        if (change.kind === "append") messages.set(lastSeq, change);
        if (identity !== null) identities.set(lastSeq, { queue: name, ...identity });
        return change;
      }
      case "move": {
        const seq = pickSeq(given.pick);
        const message = messages.get(seq);
        if (message !== undefined) messages.set(seq, { ...message, standing: given.standing });
        return { kind: "move", seq, standing: given.standing };
      }
      case "remove": {
        const seq = pickSeq(given.pick);
        messages.delete(seq);
        return { kind: "remove", seq };
      }
      case "forget": {
        const seq = pickSeq(given.pick);
        identities.delete(seq);
        return { kind: "forget", seq };
      }
      case "pause":
        if (given.paused) paused.add(given.queue);
        else paused.delete(given.queue);
        return given;
    }
  }

  function content(): StoreContent {
    return {
      messages: [...messages.values()].map(({ message: { body, identity: _, ...rest }, standing: now }) => ({
        ...rest,
        standing: now,
        bodyBytes: body.byteLength,
      })),
      identities: [...identities].map(([seq, identity]) => ({ kind: "identity", seq, ...identity })),
      paused: [...paused].sort(),
      bodies: [...messages.values()].map(({ message }) => Buffer.from(message.body).toString("latin1")),
      lastSeq,
    };
  }

  return { apply, content };
}

function pickOf(seqs: readonly number[], pick: number): number {
  return seqs[pick % seqs.length]!;
}

/** `toEqual` would print bodies of thousands of bytes at every failure. */
function assertSame(found: StoreContent, expected: StoreContent): void {
  for (const part of ["lastSeq", "paused", "identities", "messages", "bodies"] as const)
    if (JSON.stringify(sorted(found[part])) !== JSON.stringify(sorted(expected[part])))
      throw new Error(`${part} differ: ${shown(found[part])} instead of ${shown(expected[part])}`);
}

const shown = (part: unknown): string => JSON.stringify(part).slice(0, 2000);

/** Keys of records in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
