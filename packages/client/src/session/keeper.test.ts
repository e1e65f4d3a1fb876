import { receivedEveryBytes, receivedEveryFrames } from "@singyeong/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeeper } from "./keeper.ts";

const roomy = { maxMessages: 10_000, maxBytes: 10_000_000 };
const tight = { maxMessages: 1, maxBytes: 1 };

/** What travels either way: a frame, by its number, or word of what was got. */
type Sent = { readonly frame: number; readonly length?: number } | { readonly got: number };

/** A client's keeper, and a server as plain as can be, with a wire between them that is cut now and then. */
function stage() {
  const keeper = createKeeper(roomy);
  const server = { got: [] as number[], sent: 0, confirmed: 0, told: 0 };
  const client = { got: [] as number[], sent: 0 };
  let toServer: Sent[] = [];
  let toClient: Sent[] = [];

  function clientTells(anything: boolean): void {
    if (!keeper.due(anything)) return;
    toServer.push({ got: keeper.seq });
    keeper.told();
  }

  function serverTells(): void {
    toClient.push({ got: server.got.length });
    server.told = server.got.length;
  }

  return {
    client,
    server,
    keeper,
    clientSends(count: number) {
      for (let i = 0; i < count; i++) {
        client.sent++;
        keeper.sent(String(client.sent));
        toServer.push({ frame: client.sent });
      }
    },
    serverSends(count: number, length: number) {
      for (let i = 0; i < count; i++) toClient.push({ frame: ++server.sent, length });
    },
    beat: () => clientTells(true),
    serverTells,
    /** Lets so many of what is under way arrive at either side. */
    arrive(atServer: number, atClient: number) {
      for (const sent of toServer.splice(0, atServer)) {
        if ("got" in sent) server.confirmed = sent.got;
        else server.got.push(sent.frame);
        if (server.got.length - server.told >= receivedEveryFrames) serverTells();
      }
      for (const sent of toClient.splice(0, atClient)) {
        if ("got" in sent) {
          expect(keeper.confirm(sent.got)).toBe(true);
          continue;
        }
        const isNext = keeper.take(sent.frame, sent.length!);
        expect(isNext).not.toBeNull();
        if (isNext) client.got.push(sent.frame);
        clientTells(false);
      }
    },
    /** What is under way is lost, and another connection goes on. */
    cutAndResume() {
      expect(keeper.complete).toBe(true);
      expect(keeper.seq).toBeGreaterThanOrEqual(server.confirmed);
      server.confirmed = keeper.seq;
      server.told = server.got.length;
      expect(keeper.confirm(server.got.length)).toBe(true);
      keeper.told();
      toServer = keeper.kept().map((data) => ({ frame: Number(data) }));
      toClient = Array.from({ length: server.sent - keeper.seq }, (_, i) => ({ frame: keeper.seq + 1 + i, length: 1 }));
    },
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const happening = fc.oneof(
  fc.record({ what: fc.constantFrom("client sends", "server sends"), count: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ what: fc.constant("arrive"), count: fc.nat(500), atClient: fc.nat(500) }),
  fc.record({ what: fc.constantFrom("beat", "server tells", "cut"), count: fc.constant(1) }),
);

describe("over a wire that is cut at any time", () => {
  it("each side gets every frame once and in order", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), fc.integer({ min: 1, max: 5000 }), (path, length) => {
        const scene = stage();
        for (const step of path) {
          const { what, count } = step;
          if (what === "client sends") scene.clientSends(count);
          else if (what === "server sends") scene.serverSends(count, length);
          else if ("atClient" in step) scene.arrive(count, step.atClient);
          else if (what === "beat") scene.beat();
          else if (what === "server tells") scene.serverTells();
          else scene.cutAndResume();
        }
        scene.cutAndResume();
        scene.arrive(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
        expect(scene.server.got).toEqual(upTo(scene.client.sent));
        expect(scene.client.got).toEqual(upTo(scene.server.sent));
      }),
    );
  });

  it("neither side keeps much more than the other has not spoken of", () => {
    const scene = stage();
    for (let round = 0; round < 20; round++) {
      scene.clientSends(100);
      scene.serverSends(100, 40);
      scene.arrive(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
      expect(scene.keeper.kept().length).toBeLessThan(100 + receivedEveryFrames);
      expect(scene.server.sent - scene.server.confirmed).toBeLessThan(100 + receivedEveryFrames);
    }
  });
});

describe("what came", () => {
  it("is taken once, and missed where it is left out", () => {
    const keeper = createKeeper(roomy);
    expect([1, 1, 2, 1].map((seq) => keeper.take(seq, 1))).toEqual([true, false, true, false]);
    expect(keeper.take(4, 1)).toBeNull();
    expect(keeper.seq).toBe(2);
    expect(keeper.take(3, 1)).toBe(true);
  });

  it("does not count where it has no number", () => {
    const keeper = createKeeper(roomy);
    for (const seq of [undefined, null, "1"]) expect(keeper.take(seq, 1)).toBe(true);
    expect([keeper.seq, keeper.due(true)]).toEqual([0, false]);
  });

  it("is told after so many frames, so many bytes, or with a heartbeat where there is any", () => {
    const keeper = createKeeper(roomy);
    for (let seq = 1; seq < receivedEveryFrames; seq++) keeper.take(seq, 1);
    expect([keeper.due(false), keeper.due(true)]).toEqual([false, true]);
    keeper.take(receivedEveryFrames, 1);
    expect(keeper.due(false)).toBe(true);
    keeper.told();
    expect([keeper.due(false), keeper.due(true)]).toEqual([false, false]);
    keeper.take(receivedEveryFrames + 1, receivedEveryBytes);
    expect(keeper.due(false)).toBe(true);
  });
});

describe("what was sent", () => {
  it("is kept until the server has got it", () => {
    const keeper = createKeeper(roomy);
    for (const data of ["a", "b", "c"]) keeper.sent(data);
    expect(keeper.kept()).toEqual(["a", "b", "c"]);
    expect(keeper.confirm(2)).toBe(true);
    expect(keeper.kept()).toEqual(["c"]);
  });

  it("is not gone by a word that cannot be: more than was sent, or less than was said before", () => {
    const keeper = createKeeper(roomy);
    for (const data of ["a", "b", "c"]) keeper.sent(data);
    keeper.confirm(2);
    for (const count of [4, 1, -1, Number.NaN, "3", null, undefined]) expect(keeper.confirm(count)).toBe(false);
    expect(keeper.kept()).toEqual(["c"]);
  });

  it.each([
    ["messages", { ...roomy, maxMessages: 1000 }, 1000, "a"],
    ["bytes", { ...roomy, maxBytes: 1_000_000 }, 1000, "a".repeat(1000)],
    ["messages, however few it may be told", tight, 2 * receivedEveryFrames, "a"],
    ["bytes, however few it may be told", { ...tight, maxMessages: 1000 }, 256, "a".repeat(1024)],
  ] as const)(
    "is kept up to a number of %s, past which it is incomplete until the server has got what went",
    (_, bounds, most, data) => {
      const keeper = createKeeper(bounds);
      for (let i = 0; i < most; i++) keeper.sent(data);
      expect([keeper.complete, keeper.kept().length]).toEqual([true, most]);
      for (let i = 0; i < 2; i++) keeper.sent(data);
      expect([keeper.complete, keeper.kept().length]).toEqual([false, most]);
      keeper.confirm(1);
      expect(keeper.complete).toBe(false);
      keeper.confirm(2);
      expect([keeper.complete, keeper.kept().length]).toEqual([true, most]);
      keeper.confirm(most + 2);
      expect([keeper.complete, keeper.kept().length]).toEqual([true, 0]);
    },
  );
});
