import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { cut, type SessionStage, server, startSession } from "./session.kit.ts";

describe("a session", () => {
  it("introduces itself at hello and is ready once it is let in", () => {
    const { session, link, statuses } = startSession();
    expect(session.link).toBeNull();
    link.tell.hello();
    expect(link.introduced).toEqual({});
    link.admit();
    expect(session.link?.server).toBe(link.server);
    expect(statuses.map(({ type }) => type)).toEqual(["connecting", "connected"]);
  });

  it("gives up at first where no server answers, each tried once", () => {
    const scene = startSession({ servers: [server("a"), server("b")], maxFirstAttempts: 2 });
    scene.link.tell.ended(cut);
    scene.platform.step(0);
    expect(scene.links.map((link) => link.server.name)).toEqual(["a", "b"]);
    scene.link.tell.ended(cut);
    expect(scene.finished).toEqual([cut]);
    expect(scene.platform.timers).toBe(0);
  });

  it("comes back after a loss, by delays that grow", () => {
    const scene = startSession();
    scene.link.admit();
    scene.platform.step(1000);
    scene.link.tell.ended(cut);
    const delays: (number | null)[] = [];
    for (let i = 0; i < 6; i++) {
      const status = scene.statuses.at(-1)!;
      if (status.type === "disconnected") delays.push(status.retryInMs);
      scene.platform.step(1000);
      scene.link.tell.ended(cut);
    }
    expect(delays).toEqual([50, 100, 200, 400, 500, 500]);
    scene.platform.step(1000);
    scene.link.admit();
    expect(scene.statuses.at(-1)).toMatchObject({ type: "connected", again: true });
  });

  it("turns to the next server of its list without a delay before all have been tried", () => {
    const scene = startSession({ servers: [server("a"), server("b"), server("c")], maxFirstAttempts: 3 });
    scene.link.admit();
    scene.platform.step(1000);
    scene.link.tell.ended(cut);
    scene.platform.step(50);
    scene.link.tell.ended(cut);
    scene.platform.step(0);
    expect(scene.links.map((link) => link.server.name)).toEqual(["a", "b", "c"]);
  });

  it("goes elsewhere at once at goodbye, and still hears what the old server answers", () => {
    const scene = startSession({ servers: [server("a"), server("b")] });
    scene.link.admit();
    const old = scene.link;
    old.tell.goodbye("drain");
    expect(scene.link.server.name).toBe("b");
    expect(old.abandoned).toBe(false);
    expect(scene.lost).toEqual([]);
    old.tell.ended(cut);
    expect(scene.lost).toEqual(["a"]);
    scene.link.admit();
    expect(scene.session.link?.server.name).toBe("b");
  });

  it.each([1, 2])("does not run in circles where %i servers let it in and say goodbye at once", (count) => {
    const scene = startSession({ servers: ["a", "b"].slice(0, count).map(server), maxFirstAttempts: count });
    for (let i = 0; i < 100; i++) {
      scene.link.admit();
      scene.link.tell.goodbye("not me");
    }
    expect(scene.links.length).toBeLessThanOrEqual(2 * count + 1);
    const status = scene.statuses.at(-1);
    expect(status?.type === "disconnected" && status.retryInMs! > 0).toBe(true);
  });

  it("waits longer each time where servers let it in and cut it off at once", () => {
    const scene = startSession();
    const delays: (number | null)[] = [];
    for (let i = 0; i < 4; i++) {
      scene.link.admit();
      scene.link.tell.ended(cut);
      const status = scene.statuses.at(-1)!;
      if (status.type === "disconnected") delays.push(status.retryInMs);
      scene.platform.step(1000);
    }
    expect(delays).toEqual([100, 200, 400, 500]);
  });

  it("lets a server go that said goodbye and never ends", () => {
    const scene = startSession({ servers: [server("a"), server("b")] });
    scene.link.admit();
    const old = scene.link;
    old.tell.goodbye("drain");
    scene.link.admit();
    scene.platform.step(10_000);
    expect(old.abandoned).toBe(true);
    expect(scene.lost).toEqual(["a"]);
  });

  it("gives an attempt up that takes too long", () => {
    const scene = startSession();
    scene.platform.step(5000);
    expect(scene.finished[0]).toMatchObject({ code: "client/timeout" });
    expect(scene.link.abandoned).toBe(true);
  });

  it("ends for good where the server refuses for good", () => {
    const scene = startSession();
    scene.link.admit();
    scene.link.tell.ended(new SingyeongError("identify/invalid", "no", { retry: "never" }));
    expect(scene.finished[0]).toMatchObject({ code: "identify/invalid" });
  });

  it("takes a taken id as final at first, and as its own shadow later", () => {
    const taken = new SingyeongError("identify/duplicate", "taken", { retry: "later" });
    const newcomer = startSession();
    newcomer.link.tell.ended(taken);
    expect(newcomer.finished).toEqual([taken]);
    const old = startSession();
    old.link.admit();
    old.link.tell.ended(cut);
    old.platform.step(1000);
    old.link.tell.ended(taken);
    expect(old.finished).toEqual([]);
  });

  it("refuses what its judge does not like", () => {
    const refusal = new SingyeongError("client/wrong-password", "no");
    const scene = startSession({ judge: () => refusal });
    scene.link.admit();
    expect(scene.finished).toEqual([refusal]);
    expect(scene.link.abandoned).toBe(true);
  });

  it("says farewell at a stop, and is over when the server has answered or a second has passed", () => {
    const answered = startSession();
    answered.link.admit();
    answered.session.stop(null);
    expect(answered.link.closing).toBe(true);
    expect(answered.finished).toEqual([]);
    answered.link.tell.ended(cut);
    expect(answered.finished).toEqual([null]);
    expect(answered.platform.timers).toBe(0);

    const silent = startSession();
    silent.link.admit();
    silent.session.stop(null);
    silent.platform.step(1000);
    expect(silent.finished).toEqual([null]);
  });

  it("names why what was under way is lost: the loss, or that the end was asked for", () => {
    const reasons: SingyeongError[] = [];
    const stopped = startSession();
    stopped.link.admit();
    stopped.session.stop(null);
    stopped.link.tell.ended(cut);
    const aborted = startSession();
    const abortion = new SingyeongError("client/aborted", "enough");
    aborted.link.admit();
    aborted.session.stop(abortion);
    aborted.link.tell.ended(cut);
    const lost = startSession();
    lost.link.admit();
    lost.link.tell.ended(cut);
    for (const scene of [stopped, aborted, lost]) reasons.push(...scene.reasons);
    expect(reasons).toMatchObject([{ code: "client/closed" }, abortion, cut]);
  });

  it("names the same for a server that said goodbye and still owes answers", () => {
    const scene = startSession({ servers: [server("a"), server("b")] });
    scene.link.admit();
    scene.link.tell.goodbye("drain");
    scene.link.admit();
    scene.session.stop(null);
    scene.link.tell.ended(cut);
    expect(scene.lost).toEqual(["b", "a"]);
    expect(scene.reasons).toMatchObject([{ code: "client/closed" }, { code: "client/closed" }]);
  });

  it("leaves no timer and no socket behind, and ends once, whatever happens in whatever order", () => {
    const happening = fc.oneof(
      fc.constantFrom("hello", "admit", "goodbye", "end", "end for good", "stop"),
      fc.integer({ min: 0, max: 12_000 }),
      fc.record({ old: fc.nat(5), what: fc.constantFrom("goodbye", "end", "admit") }),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 50 }), fc.integer({ min: 1, max: 3 }), (path, count) => {
        const servers = ["a", "b", "c"].slice(0, count).map(server);
        const scene = startSession({ servers, maxFirstAttempts: 5, maxAttempts: 8 });
        for (const event of path) befall(scene, event);
        scene.session.stop(null);
        scene.platform.step(1000);
        expect(scene.session.state).toBe("closed");
        expect(scene.finished).toHaveLength(1);
        expect(scene.platform.timers).toBe(0);
        for (const link of scene.links.slice(0, -1)) expect(link.abandoned).toBe(true);
        expect(scene.link.abandoned).toBe(true);
        const stood = scene.links.filter((link) => link.admission !== null).length;
        expect(scene.lost.length).toBeLessThanOrEqual(stood);
        const closings = scene.statuses.filter(({ type }) => type === "closed");
        expect(closings).toHaveLength(1);
        expect(scene.statuses.at(-1)?.type).toBe("closed");
      }),
    );
  });
});

function befall(scene: SessionStage, event: string | number | { readonly old: number; readonly what: string }): void {
  if (typeof event === "number") return scene.platform.step(event);
  const link = typeof event === "string" ? scene.link : scene.links[event.old];
  if (link === undefined || link.abandoned) return;
  switch (typeof event === "string" ? event : event.what) {
    case "hello":
      return link.tell.hello();
    case "admit":
      return link.admit();
    case "goodbye":
      return link.tell.goodbye("");
    case "end":
      return link.tell.ended(cut);
    case "end for good":
      return link.tell.ended(new SingyeongError("identify/invalid", "no", { retry: "never" }));
    case "stop":
      return scene.session.stop(null);
  }
}
