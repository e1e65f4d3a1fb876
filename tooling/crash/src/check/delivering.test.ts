import { describe, expect, it } from "vitest";
import { createTale, createTaleOfOne } from "./tale.kit.ts";

describe("one holder", () => {
  it("is broken by a second delivery while the first one's lease runs", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.wait(1000);
    tale.deliver("joe", "m", { attempt: 2 });
    tale.ack("joe", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["one holder"]);
  });

  it.each(["lease and delay are over", "it was given back", "its receiver was cut off", "the server was killed"])(
    "holds once %s",
    async (reason) => {
      const tale = createTaleOfOne();
      tale.deliver("ida", "m");
      if (reason === "lease and delay are over") tale.wait(1500);
      if (reason === "it was given back") tale.nack("ida", "m", { delayMs: 0 });
      if (reason === "its receiver was cut off") tale.cut("ida");
      if (reason === "the server was killed") {
        tale.kill();
        tale.begin();
      }
      tale.deliver("joe", "m", { attempt: 2 });
      tale.ack("joe", "m");
      tale.finish();
      expect(await tale.broken()).toEqual([]);
    },
  );

  it("is broken by a third delivery, where only one was given back", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.nack("ida", "m", { delayMs: 0 });
    tale.deliver("joe", "m", { attempt: 2 });
    tale.deliver("ida", "m", { attempt: 3 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["one holder"]);
  });
});

describe("attempts", () => {
  it.each([
    ["begins with another than 1", [2]],
    ["stays the same", [1, 1]],
    ["leaves one out", [1, 3]],
  ])("is broken where it %s", async (_, attempts) => {
    const tale = createTaleOfOne();
    for (const attempt of attempts) {
      tale.deliver("ida", "m", { attempt });
      tale.nack("ida", "m", { delayMs: 0 });
    }
    tale.deliver("ida", "m", { attempt: attempts.at(-1)! + 1 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["attempts"]);
  });

  it("may leave one out where a receiver was cut off, but not two", async () => {
    for (const [attempt, broken] of [
      [3, []],
      [4, ["attempts"]],
    ] as const) {
      const tale = createTaleOfOne();
      tale.deliver("ida", "m");
      tale.nack("ida", "m", { delayMs: 0 });
      tale.cut("joe");
      tale.deliver("ida", "m", { attempt });
      tale.ack("ida", "m");
      tale.finish();
      expect(await tale.broken()).toEqual(broken);
    }
  });

  it("may leave one out where the server was killed, but not two", async () => {
    for (const [attempt, broken] of [
      [2, []],
      [3, ["attempts"]],
    ] as const) {
      const tale = createTaleOfOne();
      tale.kill();
      tale.begin();
      tale.deliver("ida", "m", { attempt });
      tale.ack("ida", "m");
      tale.finish();
      expect(await tale.broken()).toEqual(broken);
    }
  });

  it.each([
    ["may go back by a crash", 0, []],
    ["may not go back by a crash where something was stored that was sent once deliveries are", 200, ["attempts"]],
  ])("%s", async (_, waitMs, broken) => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.wait(waitMs);
    tale.push(2);
    tale.confirm(2, "n");
    tale.kill();
    tale.begin();
    for (const message of ["m", "n"]) {
      tale.deliver("ida", message);
      tale.ack("ida", message);
    }
    tale.finish();
    expect(await tale.broken()).toEqual(broken);
  });

  it("may not go back behind a nack that was settled", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.nack("ida", "m", { nonce: "a1", delayMs: 0 });
    tale.settle("ida", "a1");
    tale.kill();
    tale.begin();
    tale.deliver("ida", "m", { attempt: 1 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["attempts"]);
  });

  it("may not go back where the server stopped kindly", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.stop();
    tale.begin();
    tale.deliver("ida", "m", { attempt: 1 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["attempts"]);
  });
});

describe("first in, first out", () => {
  function tellOfTwo(between: "nothing" | "a cut", second: { priority?: number; target?: string } = {}) {
    const tale = createTaleOfOne();
    tale.push(2, second);
    tale.confirm(2, "n");
    if (between === "a cut") tale.cut("joe");
    tale.deliver("ida", "n");
    tale.deliver("ida", "m");
    tale.ack("ida", "m");
    tale.ack("ida", "n");
    tale.finish();
    return tale;
  }

  it("is broken by a message that overtakes one of its kind", async () => {
    expect(await tellOfTwo("nothing").broken()).toEqual(["first in, first out"]);
  });

  it("says nothing of other priorities, other targets, and receivers that were cut off", async () => {
    expect(await tellOfTwo("nothing", { priority: 9 }).broken()).toEqual([]);
    expect(await tellOfTwo("nothing", { target: "other" }).broken()).toEqual([]);
    expect(await tellOfTwo("a cut").broken()).toEqual([]);
  });
});

describe("right time and place", () => {
  it("is broken by a receiver that the target does not keep", async () => {
    const tale = createTaleOfOne({ pool: "b" });
    tale.deliver("ida", "m");
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["right time and place"]);
  });

  it("is broken by a message that comes before its delay is over", async () => {
    for (const [waitMs, broken] of [
      [300, ["right time and place"]],
      [500, []],
    ] as const) {
      const tale = createTaleOfOne({ delayMs: 500 });
      tale.wait(waitMs);
      tale.deliver("ida", "m");
      tale.ack("ida", "m");
      tale.finish();
      expect(await tale.broken()).toEqual(broken);
    }
  });

  it("is broken by a message that comes back before the delay that it was given back with, across a crash too", async () => {
    for (const crashes of [false, true]) {
      for (const [waitMs, broken] of [
        [200, ["right time and place"]],
        [800, []],
      ] as const) {
        const tale = createTaleOfOne();
        tale.deliver("ida", "m");
        tale.nack("ida", "m", { nonce: "a1", delayMs: 800 });
        tale.settle("ida", "a1");
        if (crashes) {
          tale.kill();
          tale.begin();
        }
        tale.wait(waitMs);
        tale.deliver("ida", "m", { attempt: 2 });
        tale.ack("ida", "m");
        tale.finish();
        expect(await tale.broken()).toEqual(broken);
      }
    }
  });

  it("says nothing of a delay that a crash came before", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.nack("ida", "m", { nonce: "a1", delayMs: 800 });
    tale.kill();
    tale.begin();
    tale.deliver("ida", "m", { attempt: 2 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});

describe("denials", () => {
  it("is broken by an acknowledgement that is refused during the lease", async () => {
    for (const [waitMs, broken] of [
      [500, ["denials"]],
      [1000, []],
    ] as const) {
      const tale = createTaleOfOne();
      tale.deliver("ida", "m");
      tale.wait(waitMs);
      tale.ack("ida", "m", "a1");
      tale.deny("ida", "a1");
      tale.wait(1500);
      tale.deliver("joe", "m", { attempt: 2 });
      tale.ack("joe", "m");
      tale.finish();
      expect(await tale.broken()).toEqual(broken);
    }
  });

  it("says nothing of a second answer to one delivery", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1);
    tale.confirm(1, "m");
    tale.deliver("ida", "m");
    tale.ack("ida", "m", "a1");
    tale.ack("ida", "m", "a2");
    tale.settle("ida", "a1");
    tale.deny("ida", "a2");
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});
