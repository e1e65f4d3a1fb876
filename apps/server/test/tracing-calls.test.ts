import { SpanKind } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { collectSpans, headers, read, traceId } from "./span-kit.ts";

describe("the span of a call", () => {
  const { start, find } = collectSpans();

  it("has a span of a call for as long as its stream is open", async () => {
    await using site = await start();
    const callee = await site.enter("e", "math");
    const caller = await site.enter("r");
    caller.say("CALL", { id: 1, method: "add", target: { application: "math" }, payload: 1, end: true, headers });
    const { d } = await callee.next();
    expect(find("call math")).toBeUndefined();
    callee.say("DATA", { id: d.id, payload: 2, end: true });
    await caller.next();
    const span = find("call math")!;
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId },
      attributes: { "rpc.system": "singyeong", "rpc.service": "math", "rpc.method": "add" },
      events: [{ name: "delivered", attributes: { "singyeong.client.id": "e" } }],
    });
    expect(span.attributes).not.toHaveProperty("error.type");
    expect(read(d.headers)[2]).toBe(span.spanContext().spanId);
  });

  it.each([
    ["is aborted by its callee", "teapot"],
    ["loses its callee", "stream/peer-lost"],
    ["is cancelled", "stream/cancelled"],
    ["is of nobody", "route/no-match"],
  ])("tells how a call ends that %s", async (how, code) => {
    await using site = await start();
    const callee = await site.enter("e", "math");
    const caller = await site.enter("r");
    const application = code === "route/no-match" ? "nobody" : "math";
    caller.say("CALL", { id: 1, method: "add", target: { application }, payload: 1, headers });
    if (how === "is of nobody") await caller.next();
    else {
      const { d } = await callee.next();
      if (code === "teapot") callee.say("ABORT", { id: d.id, code, message: "short and stout" });
      else if (code === "stream/peer-lost") callee.socket.close();
      else caller.socket.close();
      await (code === "stream/cancelled" ? callee : caller).next();
    }
    expect(find(`call ${application}`)?.attributes).toMatchObject({ "error.type": code });
  });
});
