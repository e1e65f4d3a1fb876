import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { graceMs, other, reopen, resumed, stand } from "./resume.kit.ts";
import { cut, type SessionStage, startSession } from "./session.kit.ts";

describe("a connection that breaks is lost, once,", () => {
  const expectLost = (scene: SessionStage, was: unknown, code = "client/connection-lost"): void => {
    expect(scene.hooks).toEqual([
      ["down", was],
      ["lost", was],
    ]);
    expect(scene.reasons).toMatchObject([{ code }]);
  };

  it("where the server does not know it any more", () => {
    const scene = stand();
    const was = scene.session.link;
    reopen(scene);
    expect(scene.lost).toEqual([]);
    scene.link.admit({ ...other, missed: 17 });
    expectLost(scene, was);
    expect(scene.session.link).not.toBe(was);
    expect(scene.statuses.slice(-2)).toMatchObject([
      { type: "connected", again: true, resumed: false },
      { type: "missed", count: 17 },
    ]);
  });

  it("where its time is over between two attempts", () => {
    const scene = stand({ backoff: { minDelayMs: 100_000, maxDelayMs: 100_000 } });
    const was = scene.session.link;
    scene.link.break();
    scene.platform.step(graceMs - 1);
    expect([scene.hooks, scene.session.lasting]).toEqual([[], was]);
    scene.platform.step(1);
    expectLost(scene, was);
    expect([scene.session.lasting, scene.session.state]).toEqual([null, "waiting"]);
  });

  it("where its time is over while a socket opens", () => {
    const scene = stand({ attemptMs: 100_000 });
    const was = scene.session.link;
    scene.link.break();
    scene.platform.step(graceMs - 1);
    expect([scene.hooks, scene.session.state]).toEqual([[], "dialing"]);
    scene.platform.step(1);
    expectLost(scene, was);
    scene.link.tell.hello();
    expect(scene.link.introduced).toEqual({});
  });

  it("where its time is over and the answer that was under way does not come", () => {
    const scene = stand({ attemptMs: 100_000 });
    const was = scene.session.link;
    reopen(scene);
    scene.link.tell.hello();
    scene.platform.step(graceMs);
    expect(scene.hooks).toEqual([]);
    scene.link.tell.ended(cut);
    expectLost(scene, was);
  });

  it("but not where that answer lets it go on", () => {
    const scene = stand({ attemptMs: 100_000 });
    reopen(scene);
    scene.link.tell.hello();
    scene.platform.step(graceMs);
    scene.link.admit(resumed(0));
    expect([scene.hooks, scene.session.state]).toEqual([[], "ready"]);
  });

  it("where more was sent than is kept", () => {
    const scene = stand();
    const was = scene.session.link!;
    for (let i = 0; i <= 300; i++) was.write("a");
    scene.link.break();
    expectLost(scene, was);
  });

  it("where the server said that it ends, or complained", () => {
    for (const error of [cut, new SingyeongError("heartbeat/missed", "no", { retry: "reconnect" })]) {
      const scene = stand();
      const was = scene.session.link!;
      scene.link.tell.ended(error, false);
      expectLost(scene, was, error.code);
      scene.platform.step(1000);
      scene.link.tell.hello();
      expect(scene.link.introduced).toEqual({});
    }
  });

  it.each([
    ["while it waits", () => {}],
    ["while a socket opens", (scene: SessionStage) => scene.platform.step(1000)],
    [
      "while it is let in",
      (scene: SessionStage) => {
        scene.platform.step(1000);
        scene.link.tell.hello();
      },
    ],
  ])("where the client is closed %s", (_, wait) => {
    const scene = stand();
    const was = scene.session.link!;
    scene.link.break();
    wait(scene);
    scene.session.stop(null);
    scene.platform.step(1000);
    expectLost(scene, was, "client/closed");
    expect([scene.finished, scene.platform.timers]).toEqual([[null], 0]);
  });

  it("where all attempts are used up", () => {
    const scene = stand({ maxAttempts: 2 });
    const was = scene.session.link!;
    reopen(scene);
    scene.link.tell.ended(cut);
    scene.platform.step(1000);
    scene.link.tell.ended(cut);
    expectLost(scene, was);
    expect([scene.finished, scene.platform.timers]).toEqual([[cut], 0]);
  });

  it.each([
    ["nothing was asked for", true],
    ["more was got than was sent", false],
  ])("where a server resumes though %s", (_, isFirst) => {
    const scene = isFirst ? startSession({ maxFirstAttempts: 2 }) : stand();
    if (!isFirst) reopen(scene);
    scene.link.admit(resumed(1));
    expect(scene.statuses.at(-1)).toMatchObject({ type: "disconnected", error: { code: "client/protocol" } });
    expect(scene.session.lasting).toBeNull();
    scene.platform.step(1000);
    scene.link.tell.hello();
    expect(scene.link.introduced).toEqual({});
  });
});
