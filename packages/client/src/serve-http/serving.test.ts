import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { stageServing } from "./serve-http.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

describe("serving", () => {
  it("stands once the server has said so", async () => {
    const stage = stageServing();
    const service = stage.client.serveHttp(() => new Response());
    const serving = watch(service.serving());
    await settle();
    expect([stage.said(), serving.value]).toEqual([[true], "pending"]);
    await stage.grant();
    expect(serving.value).toBeUndefined();
  });

  it("is said anew on the next connection, and not on one that is resumed", async () => {
    const stage = stageServing({}, "s1");
    await stage.serve(() => new Response(null, { status: 204 }));
    stage.cut();
    stage.resume(1);
    await settle();
    expect(stage.said()).toEqual([]);
    await stage.request(-1);
    expect(stage.answers(-1)).toMatchObject([{ status: 204 }, "end"]);
    const other = stageServing();
    await other.serve(() => new Response());
    other.cut();
    other.comeBack();
    await settle();
    expect(other.said()).toEqual([true]);
  });

  it("stops: takes no more, and is done once what is at work is answered", async () => {
    const stage = stageServing();
    const release = Promise.withResolvers<void>();
    const service = await stage.serve(() => release.promise.then(() => new Response(null, { status: 204 })));
    await stage.request(-1);
    const stopped = watch(service.stop());
    await settle();
    await stage.grant();
    await stage.request(-2);
    expect([stage.said(), stopped.value, stage.answers(-2)]).toEqual([[true, false], "pending", ["stream/rejected"]]);
    release.resolve();
    await settle();
    expect([stopped.value, stage.answers(-1)]).toMatchObject([undefined, [{ status: 204 }, "end"]]);
    await service.stop();
    await service[Symbol.asyncDispose]();
    // Another handler may take its place.
    await stage.serve(() => new Response(null, { status: 205 }));
    await stage.request(-3);
    expect(stage.answers(-3)).toMatchObject([{ status: 205 }, "end"]);
  });

  it("is for one handler at a time, and for functions", async () => {
    const stage = stageServing();
    await stage.serve(() => new Response());
    await expect(stage.client.serveHttp(() => new Response()).serving()).rejects.toMatchObject({
      code: "client/invalid-value",
    });
    const other = stageServing();
    for (const [handler, options, code] of [
      ["x", {}, "client/invalid-value"],
      [() => new Response(), { concurrency: 0 }, "client/invalid-options"],
      [() => new Response(), { concurrency: "many" }, "client/invalid-options"],
    ] as const) {
      await expect(other.client.serveHttp(handler as never, options as never).serving()).rejects.toMatchObject({
        code,
      });
    }
    expect([stage.said(), other.said(), other.reports.length]).toEqual([[true], [], 3]);
  });

  it.each([
    ["was not asked for", { caps: ["stream"] }],
    ["cannot be had without streams", { caps: ["http"] }],
  ])("fails, and a status tells, where it %s", async (_, options) => {
    const stage = stageServing(options);
    const service = stage.client.serveHttp(() => new Response());
    await expect(service.serving()).rejects.toMatchObject({ code: "client/unsupported" });
    await service.stop();
    expect(stage.reports).toHaveLength(1);
  });

  it("fails, and a status tells, where the server refuses it for good", async () => {
    const stage = stageServing();
    const service = stage.client.serveHttp(() => new Response());
    await settle();
    const { nonce } = stage.socket.of("SERVE_HTTP")[0]!;
    stage.say({ op: 3, d: { error: "no", code: "dispatch/restricted", extra_info: null, nonce } });
    await expect(service.serving()).rejects.toMatchObject({ code: "dispatch/restricted" });
    expect(stage.reports).toHaveLength(1);
    await service.stop();
  });

  it("is drained with its client, and ends with it", async () => {
    const stage = stageServing();
    const release = Promise.withResolvers<void>();
    await stage.serve(() => release.promise.then(() => new Response(null, { status: 204 })));
    await stage.request(-1);
    const drained = watch(stage.client.drain());
    await settle();
    await stage.grant();
    expect([stage.said(), drained.value]).toEqual([[true, false], "pending"]);
    release.resolve();
    await settle();
    await settle();
    expect([stage.answers(-1), drained.value]).toMatchObject([[{ status: 204 }, "end"], undefined]);
    const other = stageServing();
    const service = other.client.serveHttp(() => new Response());
    await settle();
    const serving = watch(service.serving());
    await other.client.close();
    await service.stop();
    expect(serving.value).toBe("client/aborted");
  });
});
