import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import type { WireMetadata } from "../metadata/types.ts";
import { createMetadataRegister, type WireChanges } from "./metadata-register.ts";

const refusal = new SingyeongError("metadata/invalid", "no");
const closed = new SingyeongError("client/closed", "closed");
const n = (value: number) => ({ type: "integer", value }) as const;

/** A server that takes every update but those with a value below zero, and answers when it is told to. */
function stage(initial: WireMetadata = {}) {
  let metadata: WireMetadata = initial;
  let pending: (() => void) | null = null;
  const updates: WireChanges[] = [];
  const outcomes: Record<string, SingyeongError | null> = {};
  const scene = {
    connected: true,
    updates,
    outcomes,
    register: createMetadataRegister(initial, (changes, answered) => {
      if (!scene.connected) return false;
      updates.push(changes);
      pending = () => {
        const isBad = Object.values(changes).some((entry) => entry !== null && (entry.value as number) < 0);
        if (!isBad) metadata = merge(metadata, changes);
        answered(isBad ? refusal : null);
      };
      return true;
    }),
    get metadata() {
      return metadata;
    },
    /** Answers the update under way; false where there is none. */
    answer(): boolean {
      const run = pending;
      pending = null;
      run?.();
      return run !== null;
    },
    /** The connection is gone. Whether the update under way got through is nobody's to know. */
    cut(): void {
      scene.connected = false;
      pending = null;
      scene.register.rewind();
    },
    /** Another connection stands, on which identify said what is confirmed. */
    connect(): void {
      scene.connected = true;
      metadata = scene.register.confirmed;
      scene.register.flush();
    },
    change(name: string, changes: WireChanges): void {
      scene.register.change(changes, (error) => {
        expect(outcomes).not.toHaveProperty(name);
        outcomes[name] = error;
      });
    },
  };
  return scene;
}

function merge(metadata: WireMetadata, changes: WireChanges): WireMetadata {
  const merged = new Map<string, WireChanges[string]>([...Object.entries(metadata), ...Object.entries(changes)]);
  return Object.fromEntries([...merged].filter(([, entry]) => entry !== null)) as WireMetadata;
}

describe("a change of metadata", () => {
  it("is sent at once, and counts once the server has taken it", () => {
    const { register, updates, outcomes, change, answer } = stage({ a: n(1) });
    change("first", { b: n(2) });
    expect(updates).toEqual([{ b: n(2) }]);
    expect([register.confirmed, outcomes]).toEqual([{ a: n(1) }, {}]);
    answer();
    expect([register.confirmed, outcomes]).toEqual([{ a: n(1), b: n(2) }, { first: null }]);
  });

  it("removes a key by null", () => {
    const { register, change, answer } = stage({ a: n(1), b: n(2) });
    change("first", { a: null, never: null });
    answer();
    expect(register.confirmed).toEqual({ b: n(2) });
  });

  it("that is refused changes nothing", () => {
    const { register, outcomes, change, answer } = stage({ a: n(1) });
    change("bad", { a: n(-1) });
    answer();
    expect([register.confirmed, outcomes]).toEqual([{ a: n(1) }, { bad: refusal }]);
  });

  it("waits while another is under way, and goes with all that wait as one", () => {
    const { register, updates, outcomes, change, answer } = stage();
    change("first", { a: n(1) });
    change("second", { b: n(2), c: n(2) });
    change("third", { c: n(3), a: null });
    expect(updates).toHaveLength(1);
    answer();
    expect(updates[1]).toEqual({ b: n(2), c: n(3), a: null });
    expect(outcomes).toEqual({ first: null });
    answer();
    expect(outcomes).toEqual({ first: null, second: null, third: null });
    expect(register.confirmed).toEqual({ b: n(2), c: n(3) });
  });

  it("that is bad among several fails alone, and the others get through in order", () => {
    const { register, updates, outcomes, change, answer } = stage();
    change("first", {});
    change("second", { a: n(1) });
    change("bad", { a: n(-1), b: n(5) });
    change("third", { c: n(3) });
    answer();
    answer();
    change("late", { c: n(4) });
    while (answer());
    expect(updates.slice(2)).toEqual([{ a: n(1) }, { a: n(-1), b: n(5) }, { c: n(3) }, { c: n(4) }]);
    expect(outcomes).toEqual({ first: null, second: null, bad: refusal, third: null, late: null });
    expect(register.confirmed).toEqual({ a: n(1), c: n(4) });
  });

  it("may be made while one is being told of", () => {
    const { register, change, answer } = stage();
    register.change({ a: n(1) }, () => change("second", { b: n(2) }));
    answer();
    answer();
    expect(register.confirmed).toEqual({ a: n(1), b: n(2) });
  });
});

describe("while no connection stands", () => {
  it("changes wait, and are sent as one at the next flush", () => {
    const { register, updates, outcomes, change, answer, cut, connect } = stage();
    cut();
    change("first", { a: n(1) });
    change("second", { a: n(2), b: n(2) });
    register.flush();
    expect([updates, outcomes]).toEqual([[], {}]);
    connect();
    expect(updates).toEqual([{ a: n(2), b: n(2) }]);
    answer();
    expect(outcomes).toEqual({ first: null, second: null });
  });

  it("what was under way is in line again, before what came later", () => {
    const { updates, outcomes, change, answer, cut, connect } = stage();
    change("first", { a: n(1), b: n(1) });
    change("second", { a: n(2) });
    cut();
    connect();
    expect(updates[1]).toEqual({ a: n(2), b: n(1) });
    answer();
    expect(outcomes).toEqual({ first: null, second: null });
  });

  it("a late answer of the lost connection counts for nothing", () => {
    const answers: ((error: SingyeongError | null) => void)[] = [];
    const outcomes: unknown[] = [];
    const register = createMetadataRegister({}, (_, answered) => answers.push(answered) > 0);
    register.change({ a: n(1) }, (error) => outcomes.push(error));
    register.rewind();
    register.flush();
    answers[0]!(refusal);
    expect(outcomes).toEqual([]);
    answers[1]!(null);
    answers[1]!(refusal);
    expect(outcomes).toEqual([null]);
  });

  it("a server that takes updates without a word has taken them at once", () => {
    const outcomes: unknown[] = [];
    const register = createMetadataRegister({}, (_, answered) => {
      answered(null);
      return true;
    });
    register.change({ a: n(1) }, (error) => outcomes.push(error));
    register.change({ b: n(2) }, (error) => outcomes.push(error));
    expect(outcomes).toEqual([null, null]);
    expect(register.confirmed).toEqual({ a: n(1), b: n(2) });
  });
});

describe("a change that is withdrawn", () => {
  it("while it is in line is not made, and nobody is told", () => {
    const { register, updates, outcomes, change, answer } = stage();
    change("first", { a: n(1) });
    const withdraw = register.change({ b: n(2) }, () => expect.unreachable());
    change("third", { c: n(3) });
    withdraw();
    withdraw();
    while (answer());
    expect(updates).toEqual([{ a: n(1) }, { c: n(3) }]);
    expect(outcomes).toEqual({ first: null, third: null });
  });

  it("while it is under way is made all the same, and counts", () => {
    const { register, updates, answer } = stage();
    const withdraw = register.change({ a: n(1) }, () => {});
    withdraw();
    answer();
    expect([updates, register.confirmed]).toEqual([[{ a: n(1) }], { a: n(1) }]);
  });

  it("after it was made takes nothing back", () => {
    const { register, answer } = stage();
    const withdraw = register.change({ a: n(1) }, () => {});
    answer();
    withdraw();
    expect(register.confirmed).toEqual({ a: n(1) });
  });

  it("while no connection stands is not made on the next one", () => {
    const { register, updates, cut, connect } = stage();
    cut();
    register.change({ a: n(1) }, () => {})();
    connect();
    expect(updates).toEqual([]);
  });
});

describe("an update that cannot be sent at all", () => {
  it("fails alone, and the next change gets through", () => {
    const outcomes: unknown[] = [];
    const register = createMetadataRegister({}, (changes, answered) => {
      answered("deep" in changes ? refusal : null);
      return true;
    });
    register.change({ deep: n(1) }, (error) => outcomes.push(error));
    register.change({ a: n(1) }, (error) => outcomes.push(error));
    expect(outcomes).toEqual([refusal, null]);
    expect(register.confirmed).toEqual({ a: n(1) });
  });
});

describe("the keys that prototypes have", () => {
  it("are keys like any other, in one change and in several", () => {
    const odd = (value: number) => Object.fromEntries([["__proto__", n(value)]]) as WireChanges;
    const { register, updates, change, answer } = stage();
    change("first", odd(1));
    change("second", { a: n(1) });
    change("third", odd(3));
    while (answer());
    expect(updates.map((changes) => Object.entries(changes))).toEqual([
      [["__proto__", n(1)]],
      [
        ["a", n(1)],
        ["__proto__", n(3)],
      ],
    ]);
    expect(Object.entries(register.confirmed)).toEqual([
      ["__proto__", n(3)],
      ["a", n(1)],
    ]);
  });
});

describe("the end", () => {
  it("fails what waits and what is under way, and nothing twice", () => {
    const { register, outcomes, change, answer } = stage();
    change("first", { a: n(1) });
    change("second", { b: n(2) });
    register.close(closed);
    answer();
    register.close(closed);
    expect(outcomes).toEqual({ first: closed, second: closed });
  });
});

describe("any course of events", () => {
  const key = fc.constantFrom("a", "b", "c");
  const entry = fc.oneof(
    { weight: 6, arbitrary: fc.nat(9).map(n) },
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(n(-1)) },
  );
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(key, entry, { maxKeys: 3 }) },
    { weight: 4, arbitrary: fc.constant("answer" as const) },
    { weight: 1, arbitrary: fc.constantFrom("cut" as const, "connect" as const) },
  );

  it("ends with the last accepted change of each key on the server, and one word for each change", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (path) => {
        const scene = stage({ a: n(0) });
        const changes: WireChanges[] = [];
        for (const happening of path) {
          if (happening === "answer") scene.answer();
          else if (happening === "cut") scene.cut();
          else if (happening === "connect") {
            if (!scene.connected) scene.connect();
          } else scene.change(`${changes.push(happening) - 1}`, happening);
        }
        if (!scene.connected) scene.connect();
        while (scene.answer());

        const isBad = (change: WireChanges) => Object.values(change).some((value) => value?.value === -1);
        const outcomes = changes.map((_, i) => scene.outcomes[i]);
        const expected = changes.filter((_, i) => outcomes[i] === null).reduce(merge, { a: n(0) } as WireMetadata);
        expect(scene.metadata).toEqual(expected);
        expect(scene.register.confirmed).toEqual(expected);
        // A bad value that a later change takes the place of while both wait is never sent, and harms nobody.
        outcomes.forEach((outcome, i) => {
          if (!isBad(changes[i]!)) expect(outcome).toBeNull();
          else expect([null, refusal]).toContain(outcome);
        });
      }),
    );
  });
});
