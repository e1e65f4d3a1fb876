import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { caps, stageServing } from "./serve-http.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const empty = { status: 500, headers: [["content-length", "0"]] };

describe("a request", () => {
  it("is answered by what the handler returns", async () => {
    const stage = stageServing();
    const seen: unknown[] = [];
    await stage.serve(async (request) => {
      seen.push(request.method, request.url, request.headers.get("accept"), await request.text());
      return new Response("hello", { status: 201, headers: { "x-a": "1" } });
    });
    const headers = [
      ["host", "api.test:81"],
      ["accept", "a"],
      ["accept", "b"],
    ];
    await stage.request(-1, { path: "/p%20q?r=1", headers });
    expect(seen).toEqual(["GET", "http://api.test:81/p%20q?r=1", "a, b", ""]);
    const head = {
      status: 201,
      headers: [
        ["content-type", "text/plain;charset=UTF-8"],
        ["x-a", "1"],
      ],
    };
    expect(stage.answers(-1)).toEqual([head, "hello", "end"]);
  });

  it("has a body that comes as it is read, and no faster", async () => {
    const stage = stageServing();
    const read = Promise.withResolvers<void>();
    await stage.serve(async (request) => {
      await read.promise;
      return new Response(await request.text());
    });
    await stage.request(-1, { method: "POST" }, { end: false });
    for (let i = 0; i < 10; i++) await stage.part(-1, `${i}`);
    stage.platform.step(100);
    expect(stage.socket.of("CREDIT")).toEqual([]);
    read.resolve();
    await settle();
    expect(stage.socket.of("CREDIT").length).toBeGreaterThan(0);
    await stage.part(-1, "a");
    await stage.part(-1, "z", true);
    expect(stage.answers(-1).slice(1)).toEqual(["0123456789az", "end"]);
  });

  it("need not be read at all, and what is done with it lets go of the rest", async () => {
    const stage = stageServing();
    await stage.serve(async (request) => {
      await request.body?.cancel();
      return new Response(null, { status: 204 });
    });
    await stage.request(-1, { method: "POST" }, { end: false });
    await stage.part(-1, "a");
    expect(stage.answers(-1)).toEqual([{ status: 204, headers: [] }, "end"]);
  });

  it("is aborted by its signal once nobody waits for the answer, which is no mistake of the handler's", async () => {
    const stage = stageServing();
    const aborted = Promise.withResolvers<void>();
    await stage.serve(
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener("abort", () => {
            aborted.resolve();
            reject(request.signal.reason);
          });
        }),
    );
    await stage.request(-1);
    stage.dispatch("ABORT", { id: -1, code: "stream/cancelled", message: "", delivered: true });
    await aborted.promise;
    await settle();
    expect([stage.answers(-1), stage.reports]).toEqual([[], []]);
  });

  it("says that its body broke off to whoever reads it", async () => {
    const stage = stageServing();
    const failure = Promise.withResolvers<unknown>();
    await stage.serve(async (request) => {
      await request.text().catch(failure.resolve);
      return new Response();
    });
    await stage.request(-1, { method: "POST" }, { end: false });
    await stage.part(-1, "a");
    stage.dispatch("ABORT", { id: -1, code: "stream/cancelled", message: "gone", delivered: true });
    expect(await failure.promise).toMatchObject({ code: "stream/cancelled" });
  });

  it.each([
    ["no head", null],
    ["a path that is none", { path: "a" }],
    ["headers that are none", { headers: [["a"]] }],
    ["a name that Headers does not take", { headers: [["a b", "c"]] }],
    ["a method that Request does not take", { method: "TRACE" }],
  ])("with %s is answered with 400, and the handler sees nothing of it", async (_, head) => {
    const stage = stageServing();
    await stage.serve(() => new Response());
    await stage.request(-1, head ?? {}, head === null ? { payload: 7 } : {});
    expect(stage.answers(-1)).toEqual([{ ...empty, status: 400 }, "end"]);
  });

  it("beyond the concurrency is answered with 503", async () => {
    const stage = stageServing();
    const release = Promise.withResolvers<void>();
    await stage.serve(() => release.promise.then(() => new Response(null, { status: 202 })), { concurrency: 2 });
    for (const id of [-1, -2, -3]) await stage.request(id);
    expect(stage.answers(-3)).toMatchObject([{ status: 503 }, "end"]);
    release.resolve();
    await settle();
    await stage.request(-4);
    expect([-1, -2, -4].map((id) => stage.answers(id)[0])).toMatchObject(Array(3).fill({ status: 202 }));
  });

  it("is no call of a client's: those of the same name go elsewhere, and middleware sees none", async () => {
    const stage = stageServing();
    const seen: string[] = [];
    stage.client.use({
      incoming(call, next) {
        seen.push(call.method);
        return next();
      },
    });
    stage.client.handle("http", (input) => input);
    await stage.serve(() => new Response(null, { status: 204 }));
    await stage.request(-1);
    await stage.request(-2, {}, { from: { app: "web", client_id: "w" }, payload: "plain" });
    expect([stage.answers(-1)[0], stage.answers(-2)[0], seen]).toMatchObject([{ status: 204 }, "plain", ["http"]]);
  });

  it("is refused, so that it may go elsewhere, where nobody serves", async () => {
    const stage = stageServing();
    await stage.request(-1);
    stage.platform.step(1000);
    await settle();
    expect(stage.answers(-1)).toEqual(["stream/rejected"]);
    expect(stage.socket.of("ABORT")[0]!.d).toMatchObject({ delivered: false });
  });
});

describe("a handler that fails", () => {
  it.each([
    ["throws", () => Promise.reject(new Error("broken")), "threw: broken"],
    ["returns nothing", () => undefined, "returns a Response"],
    ["returns an error", () => Response.error(), "200 to 599"],
  ])("for it %s, answers 500, and a status tells", async (_, handler, said) => {
    const stage = stageServing();
    await stage.serve(handler as never);
    await stage.request(-1, { path: "/secret?token=1" });
    expect(stage.answers(-1)).toEqual([empty, "end"]);
    expect(stage.reports).toEqual([expect.stringContaining(said)]);
    expect(stage.reports[0]).toMatch(/^client\/handler-threw: the handler of GET \/secret threw/);
  });

  it("while its body is sent breaks the answer off", async () => {
    const stage = stageServing();
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("broken"));
      },
    });
    await stage.serve(() => new Response(body));
    await stage.request(-1);
    expect(stage.answers(-1)).toEqual([{ status: 200, headers: [] }, "stream/failed"]);
    expect(stage.reports).toHaveLength(1);
  });
});

describe("an answer", () => {
  it("has every field, in its order, each cookie apart, and text beyond ASCII as it is", async () => {
    const stage = stageServing();
    const seen: unknown[] = [];
    await stage.serve((request) => {
      const name = request.headers.get("x-name")!;
      seen.push(Buffer.from(name, "latin1").toString());
      const headers = new Headers({ "x-name": name });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2; Path=/");
      return new Response(null, { headers });
    });
    await stage.request(-1, { headers: [["x-name", "Bäcker 🥨"]] });
    const fields = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2; Path=/"],
      ["x-name", "Bäcker 🥨"],
    ];
    expect([seen, stage.answers(-1)]).toEqual([["Bäcker 🥨"], [{ status: 200, headers: fields }, "end"]]);
  });

  it("to HEAD has no body, and the body that there would be is let go", async () => {
    const stage = stageServing();
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    await stage.serve(() => new Response(body, { headers: { "content-length": "5" } }));
    await stage.request(-1, { method: "HEAD" });
    expect([stage.answers(-1), isCancelled]).toEqual([
      [{ status: 200, headers: [["content-length", "5"]] }, "end"],
      true,
    ]);
  });

  it("is read no faster than the server takes it, and is let go at once where nobody waits for it", async () => {
    const stage = stageServing();
    let pulled = 0;
    let cancelled: unknown;
    const body = new ReadableStream(
      {
        pull(controller) {
          if (++pulled <= 15) controller.enqueue(new Uint8Array(1));
          else return new Promise(() => {});
        },
        cancel(reason) {
          cancelled = reason ?? "cancelled";
        },
      },
      { highWaterMark: 0 },
    );
    await stage.serve(() => new Response(body));
    await stage.request(-1, {}, { credit: 10 });
    expect(pulled).toBe(9);
    stage.dispatch("CREDIT", { id: -1, n: 90 });
    await settle();
    // It waits for the body now, and hears of the end all the same.
    expect(pulled).toBe(16);
    stage.dispatch("ABORT", { id: -1, code: "stream/cancelled", message: "", delivered: true });
    await settle();
    expect([cancelled, stage.reports]).toEqual(["cancelled", []]);
  });

  it("goes in parts of at most 64 KiB, and of less where frames are bounded so", async () => {
    const stage = stageServing();
    await stage.serve(() => new Response(new Uint8Array(150_000)));
    await stage.request(-1);
    const sizes = (id: number) =>
      stage
        .answers(id)
        .slice(1, -1)
        .map((part) => (part as string).length);
    expect(sizes(-1)).toEqual([65_536, 65_536, 18_928]);
    const small = stageServing();
    small.cut();
    small.platform.step(10_000);
    small.admit(caps, { max_frame: 1000 });
    await small.serve(() => new Response(new Uint8Array(1000)));
    await small.request(-1);
    expect([
      small.answers(-1).length > 2,
      small.socket.sent.every((frame) => JSON.stringify(frame).length <= 1000),
    ]).toEqual([true, true]);
  });
});
