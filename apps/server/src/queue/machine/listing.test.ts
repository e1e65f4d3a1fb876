import { describe, expect, it } from "vitest";
import type { MessageState } from "../../ports/queue-store.ts";
import { createListing } from "./listing.ts";
import { createBench, type NewPlain, times } from "./machine.kit.ts";

function setup() {
  const bench = createBench();
  const { book, machine, queue, consumer } = bench;
  const { table } = book;
  const listing = createListing(book);
  const page = (state: MessageState, limit = 100, after: string | null = null, maxBytes = 1e9) => {
    const found = listing.page(queue(), { state, limit, maxBytes, after })!;
    return { seqs: found.slots.map((slot) => table.seq.get(slot)), next: found.next };
  };
  return {
    ...bench,
    listing,
    page,
    seqs: (slots: readonly number[]) => slots.map((slot) => table.seq.get(slot)),
    /** Lists all of a state page by page, with something happening in between. */
    pages(state: MessageState, limit: number, between: (read: number) => void = () => {}) {
      const read: number[] = [];
      for (let next: string | null = null; ; ) {
        const found = page(state, limit, next);
        read.push(...found.seqs);
        next = found.next;
        if (next === null) return read;
        between(read.length);
      }
    },
    fill: (count: number, plain: (i: number) => NewPlain = () => ({})) => {
      for (let i = 0; i < count; i++) bench.admit(plain(i));
    },
    discard(seq: number) {
      for (let slot = 0; slot < table.slots; slot++) if (table.seq.get(slot) === seq) machine.discard(slot);
    },
    taker: consumer("a", "any"),
  };
}

describe("the list of a queue's messages", () => {
  it("has ready ones as they would be given out, over all targets", () => {
    const { admit, page } = setup();
    admit({ target: "a", priority: 1 });
    admit({ target: "b" });
    admit({ target: "a" });
    admit({ target: "c", priority: 9 });
    admit({ target: "b", priority: 9 });
    expect(page("ready")).toEqual({ seqs: [4, 5, 2, 3, 1], next: null });
  });

  it("has every message once, whatever the size of its pages", () => {
    const { fill, pages } = setup();
    fill(50, (i) => ({ target: `t${i % 7}`, priority: (i * 3) % 10 }));
    const all = pages("ready", 100);
    expect(new Set(all).size).toBe(50);
    for (const limit of [1, 2, 7, 49, 50]) expect(pages("ready", limit)).toEqual(all);
  });

  it("leaves out none that stays, and repeats none, while messages come and go", () => {
    const { fill, pages, admit, discard } = setup();
    fill(30, (i) => ({ target: `t${i % 3}`, priority: i % 2 === 0 ? 4 : 5 }));
    const read = pages("ready", 5, (count) => {
      if (count === 5) discard(20);
      if (count === 10) discard(2);
      admit({ target: "t1", priority: 9 });
    });
    expect(new Set(read).size).toBe(read.length);
    const stayed = Array.from({ length: 30 }, (_, i) => i + 1).filter((seq) => seq !== 20 && seq !== 2);
    expect(read).toEqual(expect.arrayContaining(stayed));
  });

  it("goes on where a page ended even if its last message has gone", () => {
    const { fill, page, discard } = setup();
    fill(4);
    const { next } = page("ready", 2);
    discard(2);
    expect(page("ready", 2, next).seqs).toEqual([3, 4]);
  });

  it("ends a page with the first message beyond the bytes, never before one", () => {
    const { fill, page } = setup();
    fill(4);
    expect(page("ready", 100, null, 1).seqs).toEqual([1]);
    expect(page("ready", 100, null, 11).seqs).toEqual([1, 2]);
    expect(page("ready", 100, null, 40)).toEqual({ seqs: [1, 2, 3, 4], next: null });
  });

  it("has leased ones as they were given out, delayed ones by turn and dead ones as they died", () => {
    const { machine, queue, taker, fill, page, pages } = setup();
    fill(6, (i) => ({ maxAttempts: 1, priority: i }));
    machine.request(taker, queue(), 6, 0);
    expect(new Set(pages("leased", 4))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    for (const seq of [4, 2]) machine.nack(taker, seq, null, true, 0);
    machine.tick(times.leaseMs, 100);
    expect(page("dead").seqs.slice(0, 2)).toEqual([4, 2]);
    expect(pages("dead", 1)).toEqual(page("dead").seqs);
    fill(3, () => ({ readyMs: 9000 }));
    const { seqs } = page("delayed");
    expect([seqs.length, [...seqs].sort((a, b) => a - b)]).toEqual([3, seqs]);
    expect(pages("delayed", 2)).toEqual(seqs);
  });

  it("refuses a place that is none", () => {
    const { listing, queue, fill } = setup();
    fill(1);
    for (const after of ["", "x", "4", "4.", "10.1", "4.1.1", "4.-1"]) {
      expect(listing.page(queue(), { state: "ready", limit: 1, maxBytes: 1, after })).toBe(null);
    }
  });

  it("is empty where there is nothing", () => {
    const { page } = setup();
    for (const state of ["ready", "leased", "delayed", "dead"] as const)
      expect(page(state)).toEqual({ seqs: [], next: null });
  });

  it("finds messages by number, those of this queue alone", () => {
    const { admit, listing, queue, seqs, discard } = setup();
    for (const name of ["q", "other", "q", "q"]) admit({ queue: name });
    discard(3);
    expect(seqs(listing.find(queue(), new Set([1, 2, 3, 4, 99]))).sort()).toEqual([1, 4]);
    expect(listing.find(queue(), new Set())).toEqual([]);
  });

  it("takes some of a state, none that were pushed later than a number", () => {
    const { fill, listing, queue, seqs } = setup();
    fill(10, (i) => ({ target: `t${i % 3}` }));
    expect(seqs(listing.some(queue(), "ready", 7, 100)).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(listing.some(queue(), "ready", 10, 3).length).toBe(3);
    expect(listing.some(queue(), "dead", 10, 3)).toEqual([]);
  });
});
