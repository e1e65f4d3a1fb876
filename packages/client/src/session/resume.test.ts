import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fresh, other, reopen, resumed, stand } from "./resume.kit.ts";
import { cut, type SessionStage, server, startSession } from "./session.kit.ts";

describe("a connection that breaks and is resumed", () => {
  it("is the same for those who use it, and nobody is told that it was lost", () => {
    const scene = stand();
    const { link } = scene.session;
    scene.link.break();
    expect([scene.session.link, scene.session.lasting]).toEqual([null, link]);
    scene.platform.step(1000);
    scene.link.admit(resumed(0));
    expect(scene.session.link).toBe(link);
    expect([scene.lost, scene.hooks]).toEqual([[], []]);
    expect(scene.statuses.map(({ type }) => type)).toEqual([
      "connecting",
      "connected",
      "disconnected",
      "connecting",
      "connected",
    ]);
    expect(scene.statuses.at(-1)).toMatchObject({ again: true, resumed: true });
  });

  it("is asked for by its name and the last frame that came", () => {
    const scene = stand();
    expect(scene.link.introduced).toEqual({});
    scene.link.dispatch("A", 1);
    scene.link.dispatch("B", 2);
    reopen(scene);
    scene.link.tell.hello();
    expect(scene.link.introduced).toEqual({ resume: { session: "s1", seq: 2 } });
  });

  it("sends again what the server has not got, before anything else", () => {
    const scene = stand();
    for (const data of ["a", "b", "c"]) scene.session.link!.write(data);
    reopen(scene);
    scene.link.admit(resumed(1));
    scene.session.link!.write("d");
    expect(scene.link.written).toEqual(["b", "c", "d"]);
    scene.link.dispatch("RECEIVED", undefined, { seq: 3 });
    reopen(scene);
    scene.link.admit(resumed(3));
    expect(scene.link.written).toEqual(["d"]);
  });

  it("keeps what is written to it meanwhile, and gives up where that is too much", () => {
    const scene = stand();
    const { link } = scene.session;
    scene.link.break();
    link!.write("a");
    scene.platform.step(1000);
    scene.link.admit(resumed(0));
    expect(scene.link.written).toEqual(["a"]);
    scene.link.break();
    for (let i = 0; i <= 300; i++) link!.write("a");
    scene.platform.step(1000);
    scene.link.tell.hello();
    expect(scene.link.introduced).toEqual({});
    scene.link.admit(other);
    expect(scene.lost).toEqual(["a"]);
  });

  it("passes on once what comes twice", () => {
    const scene = stand();
    scene.link.dispatch("A", 1);
    reopen(scene);
    scene.link.admit(resumed(0));
    for (const [t, seq] of [
      ["A", 1],
      ["B", 2],
      ["B", 2],
      ["C", 3],
    ] as const)
      scene.link.dispatch(t, seq);
    expect(scene.dispatched).toEqual(["A", "B", "C"]);
  });

  it("is tried at its own server first, then at the others, and resumed wherever it is known", () => {
    const scene = stand({ servers: ["a", "b"].map(server) });
    scene.link.break();
    scene.platform.step(1000);
    expect(scene.link.server.name).toBe("a");
    scene.link.tell.ended(cut);
    scene.platform.step(0);
    expect(scene.link.server.name).toBe("b");
    scene.link.tell.hello();
    expect(scene.link.introduced?.resume).toEqual({ session: "s1", seq: 0 });
  });

  it("may break again at once, and be resumed again", () => {
    const scene = stand();
    for (let i = 0; i < 10; i++) {
      scene.session.link!.write(`${i}`);
      reopen(scene);
      scene.link.admit(resumed(i));
      expect(scene.link.written).toEqual([`${i}`]);
    }
    expect(scene.lost).toEqual([]);
  });
});

describe("what was got", () => {
  it("is told after 128 frames, and with a heartbeat where there is news", () => {
    const { link } = stand();
    for (let seq = 1; seq <= 130; seq++) link.dispatch("A", seq);
    expect(link.confirmed).toEqual([128]);
    link.tell.beat();
    link.tell.beat();
    expect(link.confirmed).toEqual([128, 130]);
  });

  it("ends the connection for good where frames were left out", () => {
    const scene = stand();
    scene.link.dispatch("A", 1);
    scene.link.dispatch("C", 3);
    expect(scene.dispatched).toEqual(["A"]);
    expect(scene.reasons).toMatchObject([{ code: "client/protocol" }]);
    scene.platform.step(1000);
    scene.link.tell.hello();
    expect(scene.link.introduced).toEqual({});
  });

  it("is not counted by a server that lets nobody resume", () => {
    const scene = startSession();
    scene.link.admit();
    for (const seq of [1, 1, 7]) scene.link.dispatch("A", seq);
    scene.link.tell.beat();
    expect([scene.dispatched.length, scene.link.confirmed]).toEqual([3, []]);
    scene.link.break();
    expect(scene.lost).toEqual(["a"]);
  });
});

describe("a server that says goodbye", () => {
  it("takes what was had on the connection, though answers may still come", () => {
    const scene = stand({ servers: ["a", "b"].map(server) });
    const was = scene.session.link;
    const old = scene.link;
    old.tell.goodbye("drain");
    expect([scene.hooks, scene.session.lasting]).toEqual([[["down", was]], null]);
    scene.link.admit(other);
    expect(scene.link.introduced).toEqual({});
    old.dispatch("LATE", 1);
    scene.link.dispatch("NEW", 1);
    expect(scene.dispatched).toEqual(["LATE", "NEW"]);
    expect(scene.sources).toEqual([was, scene.session.link]);
    old.break();
    expect(scene.hooks).toEqual([
      ["down", was],
      ["lost", was],
    ]);
  });
});

describe("whatever happens in whatever order", () => {
  const happening = fc.oneof(
    fc.constantFrom("hello", "admit", "resume", "break", "end", "goodbye", "stop"),
    fc.integer({ min: 0, max: 40_000 }),
  );

  it("each connection is down once and lost once, in this order, and no timer is left", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 50 }), fc.integer({ min: 1, max: 3 }), (path, count) => {
        const scene = startSession({
          servers: ["a", "b", "c"].slice(0, count).map(server),
          maxFirstAttempts: 5,
          maxAttempts: 8,
        });
        const stood = new Set<unknown>();
        for (const event of path) {
          befall(scene, event);
          if (scene.session.link !== null) stood.add(scene.session.link);
        }
        scene.session.stop(null);
        scene.platform.step(1000);
        expect([scene.finished.length, scene.platform.timers]).toEqual([1, 0]);
        for (const link of scene.links) expect(link.abandoned).toBe(true);
        for (const link of stood) {
          expect(scene.hooks.filter(([, gone]) => gone === link).map(([what]) => what)).toEqual(["down", "lost"]);
        }
        expect(scene.hooks).toHaveLength(2 * stood.size);
      }),
    );
  });

  function befall(scene: SessionStage, event: string | number): void {
    if (typeof event === "number") return scene.platform.step(event);
    const { link } = scene;
    if (link.abandoned) return;
    if (event === "hello") link.tell.hello();
    else if (event === "admit") link.admit(other);
    else if (event === "resume") link.admit(link.introduced?.resume === undefined ? fresh : resumed(0));
    else if (event === "break") link.break();
    else if (event === "end") link.tell.ended(cut, false);
    else if (event === "goodbye") link.tell.goodbye("");
    else scene.session.stop(null);
  }
});
