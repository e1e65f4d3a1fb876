import { describe, expect, it } from "vitest";
import type { Change, QueueStore, Standing } from "../ports/queue-store.ts";
import { createJournal } from "./journal.ts";
import { settle } from "./queues.kit.ts";

const standing: Standing = { state: "ready", attempt: 1, turn: 1, dueMs: 0, expiresMs: 0, cause: null };

function message(seq: number) {
  const body = new Uint8Array();
  return { seq, queue: "q", target: "{}", priority: 4, maxAttempts: 20, pushedMs: 0, identity: null, body };
}

/** A journal over a store whose commits end when a test says so. */
function setup() {
  const commits: { readonly seqs: string[]; readonly end: (error?: Error) => Promise<void> }[] = [];
  const told: string[] = [];
  const gone = new Set<number>();
  const attempts = new Map<number, number>();
  const pauses: (() => void)[] = [];
  const errors: unknown[] = [];
  const name = (change: Change): string => {
    if (change.kind === "append") return `append ${change.message.seq}`;
    if (change.kind === "pause") return `pause ${change.queue}`;
    if (change.kind === "move") return `move ${change.seq} ${change.standing.attempt}`;
    return `${change.kind} ${change.seq}`;
  };
  const store = {
    commit: (changes: readonly Change[]) =>
      new Promise<void>((resolve, reject) => {
        const end = async (error?: Error): Promise<void> => {
          if (error === undefined) resolve();
          else reject(error);
          await settle();
        };
        commits.push({ seqs: changes.map(name), end });
      }),
  } as QueueStore;
  const journal = createJournal({
    store,
    standing: (seq) => (gone.has(seq) ? null : { ...standing, attempt: attempts.get(seq) ?? 1 }),
    pause: (run) => void pauses.push(run),
    onError: (error) => void errors.push(error),
    observe: { begin() {}, end() {} },
  });
  return {
    journal,
    commits,
    told,
    gone,
    attempts,
    pauses,
    errors,
    append: (seq: number) =>
      journal.append({
        kind: "append",
        message: message(seq),
        standing,
        settled: (error) => void told.push(error === null ? `${seq} stored` : `${seq} refused`),
      }),
    mark: (text: string) => journal.afterwards(() => void told.push(text)),
  };
}

const full = new Error("full");

describe("the journal", () => {
  it("stores together what happens together, and what happens meanwhile next, telling those who wait in order", async () => {
    const { journal, commits, told, append, mark } = setup();
    append(1);
    mark("after 1");
    append(2);
    await settle();
    append(3);
    journal.note({ kind: "pause", queue: "q", paused: true });
    mark("after 3");
    await settle();
    expect(commits.map(({ seqs }) => seqs)).toEqual([["append 1", "append 2"]]);
    expect(told).toEqual([]);
    await commits[0]!.end();
    expect(told).toEqual(["1 stored", "after 1", "2 stored"]);
    expect(commits[1]!.seqs).toEqual(["append 3", "pause q"]);
    await commits[1]!.end();
    expect(told.slice(3)).toEqual(["3 stored", "after 3"]);
  });

  it("stores where a message stands when its group is made up, once, and not at all where it goes", async () => {
    const { journal, commits, attempts } = setup();
    journal.moved(1, 0);
    journal.moved(2, 1);
    attempts.set(1, 7);
    journal.moved(1, 0);
    journal.moved(3, 2);
    journal.removed(2);
    await settle();
    expect(commits[0]!.seqs).toEqual(["move 1 7", "move 3 1", "remove 2"]);
    journal.moved(1, 0);
    await commits[0]!.end();
    expect(commits[1]!.seqs).toEqual(["move 1 7"]);
  });

  it("stores of moves that were noted of one record and wait the last, and none where it goes", async () => {
    const { journal, commits } = setup();
    const note = (seq: number, attempt: number) =>
      journal.note({ kind: "move", seq, standing: { ...standing, attempt } });
    for (const attempt of [1, 2, 3]) for (const seq of [1, 2]) note(seq, attempt);
    journal.removed(2);
    await settle();
    expect(commits[0]!.seqs).toEqual(["move 1 3", "remove 2"]);
    for (const attempt of [4, 5]) note(1, attempt);
    await commits[0]!.end();
    expect(commits[1]!.seqs).toEqual(["move 1 5"]);
  });

  it("leaves a message out that is gone, its slot being another's", async () => {
    const { journal, commits, gone, mark, told } = setup();
    journal.moved(1, 0);
    gone.add(1);
    mark("nothing to store");
    await settle();
    expect(commits).toEqual([]);
    expect(told).toEqual(["nothing to store"]);
  });

  it("refuses the pushes of a group that failed, and stores the rest of it at once", async () => {
    const { journal, commits, told, append, mark } = setup();
    append(1);
    journal.removed(9);
    mark("9 removed");
    append(2);
    await settle();
    await commits[0]!.end(full);
    expect(told).toEqual(["1 refused", "2 refused"]);
    expect(commits[1]!.seqs).toEqual(["remove 9"]);
    await commits[1]!.end();
    expect(told.slice(2)).toEqual(["9 removed"]);
    append(3);
    await settle();
    await commits[2]!.end();
    expect(told.at(-1)).toBe("3 stored");
  });

  it("tries the rest again after a pause, refusing every push meanwhile, and forgets no mark", async () => {
    const { journal, commits, told, pauses, append, mark } = setup();
    journal.removed(9);
    mark("9 removed");
    await settle();
    append(1);
    await commits[0]!.end(full);
    append(2);
    expect(told).toEqual(["1 refused", "2 refused"]);
    expect(journal.failure).toBe(full);
    journal.removed(8);
    mark("8 removed");
    await settle();
    expect([commits.length, pauses.length]).toEqual([1, 1]);
    pauses[0]!();
    await settle();
    expect(commits[1]!.seqs).toEqual(["remove 9", "remove 8"]);
    await commits[1]!.end();
    expect(told.slice(2)).toEqual(["9 removed", "8 removed"]);
    expect(journal.failure).toBe(null);
    append(3);
    await settle();
    await commits[2]!.end();
    expect(told.at(-1)).toBe("3 stored");
  });

  it("stores a move of a failed group once, as it is then", async () => {
    const { journal, commits, attempts, pauses } = setup();
    journal.moved(1, 0);
    journal.moved(2, 1);
    await settle();
    attempts.set(1, 2);
    journal.moved(1, 0);
    await commits[0]!.end(full);
    pauses[0]!();
    await settle();
    expect([...commits[1]!.seqs].sort()).toEqual(["move 1 2", "move 2 1"]);
    await commits[1]!.end();
    attempts.set(2, 3);
    journal.moved(2, 1);
    await settle();
    expect(commits[2]!.seqs).toEqual(["move 2 3"]);
  });

  it("makes groups of 2000 at most", async () => {
    const { commits, append, told } = setup();
    for (let seq = 1; seq <= 4500; seq++) append(seq);
    await settle();
    await commits[0]!.end();
    await commits[1]!.end();
    await commits[2]!.end();
    expect(commits.map(({ seqs }) => seqs.length)).toEqual([2000, 2000, 500]);
    expect(told).toEqual(Array.from({ length: 4500 }, (_, i) => `${i + 1} stored`));
  });

  it("stores nothing more once it is stopped, and refuses the pushes that wait", async () => {
    const { journal, commits, told, append } = setup();
    append(1);
    await settle();
    append(2);
    journal.removed(9);
    journal.stop(new Error("stopped"));
    append(3);
    expect(told).toEqual(["2 refused", "3 refused"]);
    await commits[0]!.end();
    await settle();
    expect(told).toEqual(["2 refused", "3 refused", "1 stored"]);
    expect(commits.length).toBe(1);
  });

  it("is idle once nothing waits, or the store has failed", async () => {
    const { journal, commits, append } = setup();
    await journal.idle();
    append(1);
    let isIdle = false;
    void journal.idle().then(() => {
      isIdle = true;
    });
    await settle();
    journal.removed(9);
    await commits[0]!.end();
    expect(isIdle).toBe(false);
    await commits[1]!.end(full);
    expect(isIdle).toBe(true);
    await journal.idle();
  });

  it("goes on where one that it tells throws", async () => {
    const { journal, commits, told, errors, mark } = setup();
    const mistake = new Error("ours");
    journal.removed(1);
    journal.afterwards(() => {
      throw mistake;
    });
    mark("told");
    await settle();
    await commits[0]!.end();
    expect([told, errors]).toEqual([["told"], [mistake]]);
  });

  it("stores what belongs together in one group, and refuses all of it or none", async () => {
    const { journal, commits, told, append } = setup();
    const bundle = (...seqs: number[]): void =>
      journal.appendAll({
        appends: seqs.map((seq) => ({ message: message(seq), standing })),
        settled: (error) => void told.push(`${seqs} ${error === null ? "stored" : "refused"}`),
      });
    bundle(1, 2);
    append(3);
    await settle();
    expect(commits[0]!.seqs).toEqual(["append 1", "append 2", "append 3"]);
    bundle(4, 5);
    journal.removed(1);
    await commits[0]!.end();
    expect(commits[1]!.seqs).toEqual(["append 4", "append 5", "remove 1"]);
    await commits[1]!.end(new Error("no"));
    expect(commits[2]!.seqs).toEqual(["remove 1"]);
    expect(told).toEqual(["1,2 stored", "3 stored", "4,5 refused"]);
  });
});
