import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { stageCalls } from "./call.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

function stage() {
  const server = stageCalls();
  const math = server.join({ app: "math" });
  const web = server.join({ app: "web" });
  return { server, math, web };
}

describe("a call over connections", () => {
  it("that is made while there is none waits for the next", async () => {
    const { server, math, web } = stage();
    math.client.handle("add", (n) => n + 1);
    web.cut();
    const call = watch(web.client.call("math", "add", 1));
    await settle();
    web.platform.step(10_000);
    web.admit(["receipt", "stream"]);
    await server.run();
    expect(call.value).toBe(2);
  });

  it("fails with it, delivered or not, and the handler's signal is aborted", async () => {
    const { server, math, web } = stage();
    const signals: AbortSignal[] = [];
    math.client.handle("wait", (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const call = web.client.call("math", "wait").catch((error: unknown) => error);
    await server.run();
    web.cut();
    math.cut();
    expect(await call).toMatchObject({ code: "client/connection-lost", delivered: true });
    expect(signals[0]!.reason).toMatchObject({ code: "client/connection-lost" });
  });

  it("needs a server that has calls", async () => {
    const server = stageCalls();
    const web = server.join({ app: "web" });
    web.cut();
    const call = web.client.call("math", "add");
    await settle();
    web.comeBack();
    await expect(call).rejects.toMatchObject({ code: "client/unsupported", delivered: false });
  });

  it("is repeated where it was not delivered, with pauses, as often as was asked for", async () => {
    const { server, web } = stage();
    const call = web.client.call("later", "get", 1, { retry: { attempts: 3 } });
    const result = watch(call);
    await server.run();
    web.platform.step(50);
    await server.run();
    expect([server.sent("CALL").length, result.value]).toEqual([2, "pending"]);
    const later = server.join({ app: "later" });
    later.client.handle("get", (n) => n);
    web.platform.step(100);
    await server.run();
    expect([server.sent("CALL").length, result.value]).toEqual([3, 1]);
  });

  it("is not repeated where it may have been carried out, unless that does no harm", async () => {
    const { server, math, web } = stage();
    let count = 0;
    math.client.handle("wait", () => {
      count++;
      return new Promise(() => {});
    });
    const calls = [undefined, true].map((idempotent) =>
      watch(web.client.call("math", "wait", 1, { retry: { attempts: 2, idempotent } })),
    );
    await server.run();
    server.drop(math);
    await server.run();
    web.platform.step(50);
    await server.run();
    expect([calls.map(({ value }) => value), count]).toEqual([["stream/peer-lost", "pending"], 3]);
  });
});

describe("a client that drains", () => {
  it("finishes the calls that are at work and those it made, takes no new ones, and closes", async () => {
    const { server, math, web } = stage();
    let finish = (_: number): void => {};
    math.client.handle("wait", () => new Promise<number>((resolve) => (finish = resolve)));
    const call = watch(web.client.call("math", "wait"));
    await server.run();
    const drained = watch(math.client.drain());
    await server.run();
    const late = watch(web.client.call("math", "wait"));
    await server.run();
    expect([drained.value, late.value]).toEqual(["pending", "stream/rejected"]);
    finish(7);
    await server.run();
    expect([call.value, drained.value]).toEqual([7, undefined]);
    await expect(math.client.call("web", "x")).rejects.toMatchObject({ code: "client/closed", delivered: false });
  });

  it("that closes fails what it called", async () => {
    const { server, math, web } = stage();
    math.client.handle("wait", () => new Promise(() => {}));
    const call = watch(web.client.call("math", "wait"));
    await server.run();
    await web.client.close();
    await settle();
    expect([call.value, web.platform.timers]).toEqual(["client/closed", 0]);
  });
});

describe("a connection that is resumed", () => {
  it("loses nothing of the calls that are under way, and nobody is told", async () => {
    const server = stageCalls();
    const web = server.join({ app: "web" });
    const lost = { session: "s1", resumed: false };
    web.cut();
    web.platform.step(10_000);
    web.admit(["receipt", "stream", "resume"], { resume_ms: 30_000 }, lost);
    const asked: number[] = [];
    async function* numbers() {
      for (let n = 0; n < 3; n++) {
        asked.push(n);
        yield n;
      }
    }
    const result = watch(web.client.call("math", "sum", numbers()));
    await settle();
    const sent = web.socket.sent.filter(({ t }) => t === "CALL" || t === "DATA");
    expect(sent.map(({ t }) => t)).toEqual(["CALL", "DATA", "DATA", "DATA", "DATA"]);
    web.cut();
    await settle();
    expect(result.value).toBe("pending");
    web.platform.step(1000);
    web.admit(["receipt", "stream", "resume"], { resume_ms: 30_000 }, { session: "s1", resumed: true, received: 2 });
    expect(web.socket.sent.filter(({ t }) => t === "DATA").length).toBe(3);
    web.say({ op: 4, t: "DATA", seq: 1, d: { id: sent[0]!.d.id, payload: 3, end: true } });
    await settle();
    expect(result.value).toBe(3);
  });
});
