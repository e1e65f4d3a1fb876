import { describe, expect, it } from "vitest";
import { createRecordingOutbox, readFrames } from "../testing/fixtures.ts";
import { setupLifecycle } from "./lifecycle.kit.ts";

const frame = '{"op":4,"d":null,"ts":0,"t":"A"}';

describe("a client that may resume", () => {
  it.each([1002, 1006, 1009, 1011, 4000])("is away, and not departed, after close code %i", (code) => {
    const { registry, lifecycle, departed, enterResumable } = setupLifecycle();
    const { session, client } = enterResumable("c");
    lifecycle.forget(session, code);
    expect([registry.find("app", "c"), departed, lifecycle.sessions.size]).toEqual([undefined, [], 0]);
    expect(client.outbox.send(frame)).toBe(true);
  });

  it.each([1000, 1001, 1005])("departs at once with close code %i", (code) => {
    const { lifecycle, departed, wheel, enterResumable } = setupLifecycle();
    const { session, client } = enterResumable("c");
    lifecycle.forget(session, code);
    expect(departed).toEqual([client]);
    expect(wheel.size).toBe(0);
    expect(client.outbox.send(frame)).toBe(false);
  });

  it("departs with op 8, with goodbye and with missed heartbeats, once", () => {
    const { clock, lifecycle, departed, enterResumable } = setupLifecycle();
    const [failed, asked, silent] = [enterResumable("failed"), enterResumable("asked"), enterResumable("silent")];
    lifecycle.fail(failed.session, "identify/repeated", null);
    lifecycle.dismiss(asked.session, "drain");
    expect(departed).toEqual([failed.client]);
    lifecycle.forget(asked.session, 1006);
    expect(departed).toEqual([failed.client, asked.client]);
    clock.advance(2000);
    for (const { session } of [failed, asked, silent]) lifecycle.forget(session, 1006);
    clock.advance(60_000);
    expect(departed).toEqual([failed.client, asked.client, silent.client]);
  });

  it("is away when it was cut for a frame that was too large", () => {
    const { registry, lifecycle, departed, enterResumable } = setupLifecycle();
    const { session, outbox } = enterResumable("c");
    lifecycle.cutOversize(session, 10);
    expect([outbox.closedWith?.code, registry.size, departed]).toEqual([1009, 0, []]);
    lifecycle.forget(session, 1009);
    expect(departed).toEqual([]);
  });

  it("departs when its time is over, and not before", () => {
    const { clock, lifecycle, departed, enterResumable } = setupLifecycle();
    const { session, client } = enterResumable("c");
    lifecycle.forget(session, 1006);
    clock.advance(29_980);
    expect(departed).toEqual([]);
    clock.advance(50);
    expect(departed).toEqual([client]);
  });

  it("departs with its connection where there is no time to resume", () => {
    const { lifecycle, departed, wheel, enterResumable } = setupLifecycle(0);
    const { session, client } = enterResumable("c");
    lifecycle.forget(session, 1006);
    expect([departed, wheel.size]).toEqual([[client], 0]);
  });
});

describe("a connection that is taken over", () => {
  it("is closed without op 8, and neither its end nor its silence touches the client any more", () => {
    const { clock, registry, lifecycle, departed, greet, enterResumable } = setupLifecycle();
    const { session, outbox, client, resumable } = enterResumable("c");
    lifecycle.displace(client);
    expect([outbox.closedWith?.code, registry.size, departed]).toEqual([1000, 0, []]);
    expect(readFrames(outbox)).toHaveLength(1);
    const next = greet();
    lifecycle.enter(next.session, client, resumable);
    lifecycle.forget(session, 1006);
    clock.advance(1400);
    lifecycle.heartbeat(next.session, client);
    clock.advance(200);
    expect(registry.find("app", "c")).toBe(client);
    expect([session.client, next.session.state, departed]).toEqual([null, "ready", []]);
  });

  it("is none where the client has none", () => {
    const { lifecycle, enterResumable } = setupLifecycle();
    const { session, client } = enterResumable("c");
    lifecycle.forget(session, 1006);
    expect(() => lifecycle.displace(client)).not.toThrow();
  });
});

describe("a client that comes back", () => {
  it("is the same one in the registry, and leaves and joins in the eyes of others", () => {
    const { registry, lifecycle, resumes, greet, enterResumable } = setupLifecycle();
    const seen: string[] = [];
    const { session, client, resumable } = enterResumable("c");
    registry.observe({
      joined: (one) => void seen.push(`joined ${one === client}`),
      left: (one) => void seen.push(`left ${one === client}`),
      changed() {},
    });
    lifecycle.forget(session, 1006);
    resumes.resume(resumable);
    lifecycle.enter(greet().session, client, resumable);
    expect(seen).toEqual(["left true", "joined true"]);
  });

  it("stays as long as it likes", () => {
    const { clock, lifecycle, resumes, departed, greet, enterResumable } = setupLifecycle();
    const { session, client, resumable } = enterResumable("c");
    lifecycle.forget(session, 1006);
    clock.advance(29_000);
    resumes.resume(resumable);
    const next = greet().session;
    lifecycle.enter(next, client, resumable);
    for (let i = 0; i < 30; i++) {
      clock.advance(1000);
      lifecycle.heartbeat(next, client);
    }
    expect(departed).toEqual([]);
    resumable.outbox.attach(createRecordingOutbox(), 0);
    expect(client.outbox.send(frame)).toBe(true);
  });
});
