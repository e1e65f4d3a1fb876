import { SpanKind } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { type Frame, startObserved } from "./observe-kit.ts";
import { collectSpans, headers, read, traceId } from "./span-kit.ts";

describe("a server that sends spans to OpenTelemetry", () => {
  const { exporter, start, find } = collectSpans();

  it("has a span for each message that is routed, which its receiver goes on with", async () => {
    await using site = await start();
    const receiver = await site.enter("r", "mill");
    const sender = await site.enter("s");
    sender.say("SEND", { target: { application: "mill" }, nonce: 1, payload: 1, headers });
    const { d } = await receiver.next();
    const span = find("send mill")!;
    expect(span).toMatchObject({
      kind: SpanKind.PRODUCER,
      parentSpanContext: { traceId, spanId: "00f067aa0ba902b7" },
      attributes: {
        "messaging.system": "singyeong",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": "mill",
        "singyeong.client.app": "app",
        "singyeong.client.id": "s",
        "singyeong.receivers": 1,
      },
    });
    expect(span.events).toMatchObject([{ name: "delivered", attributes: { "singyeong.client.id": "r" } }]);
    expect(d.headers).toEqual({ a: "1", traceparent: expect.any(String), tracestate: "vendor=1" });
    expect(read(d.headers)).toEqual(["00", traceId, span.spanContext().spanId, "01"]);
  });

  it("begins a trace where the sender has none", async () => {
    await using site = await start();
    const receiver = await site.enter("r", "mill");
    receiver.say("BROADCAST", { target: { application: "mill" }, payload: 1 });
    const { d } = await receiver.next();
    const span = find("broadcast mill")!;
    expect(span.parentSpanContext).toBeUndefined();
    expect(read(d.headers)[1]).toBe(span.spanContext().traceId);
  });

  it("tells why a message was refused", async () => {
    await using site = await start();
    const sender = await site.enter("s");
    sender.say("SEND", { target: { application: "nobody" }, nonce: 1, payload: 1, headers });
    sender.say("SEND", { target: { ops: 1 }, nonce: 2, payload: 1, headers });
    await sender.next();
    await sender.next();
    expect(find("send nobody")?.attributes).toMatchObject({ "error.type": "route/no-match" });
    expect(find("send")?.attributes).toMatchObject({ "error.type": "query/invalid" });
  });

  it("follows a queued message from its push over each lease to its end", async () => {
    await using site = await start();
    const worker = await site.enter("w");
    const push = { queue: "jobs", target: { application: "app" }, nonce: "n", payload: 1, headers };
    worker.say("QUEUE", push);
    const confirmed = await worker.next();
    worker.say("QUEUE_REQUEST", { queue: "jobs" });
    const first = await worker.next();
    worker.say("QUEUE_NACK", { queue: "jobs", id: confirmed.d.id, delay_ms: 0 });
    worker.say("QUEUE_REQUEST", { queue: "jobs" });
    const second = await worker.next();
    worker.say("QUEUE_ACK", { queue: "jobs", id: confirmed.d.id }, "acked");
    await worker.next();
    const spans = exporter.getFinishedSpans();
    const parentOf = (name: string) =>
      spans.filter((span) => span.name === name).map((span) => span.parentSpanContext?.spanId);
    const idsOf = (name: string) => spans.filter((span) => span.name === name).map((span) => span.spanContext().spanId);
    expect(parentOf("send jobs")).toEqual(["00f067aa0ba902b7"]);
    expect(parentOf("receive jobs")).toEqual([idsOf("send jobs")[0], idsOf("send jobs")[0]]);
    expect([first, second].map(({ d }) => read(d.headers)[2])).toEqual(idsOf("receive jobs"));
    expect(parentOf("nack jobs")).toEqual([idsOf("receive jobs")[0]]);
    expect(parentOf("ack jobs")).toEqual([idsOf("receive jobs")[1]]);
    expect(find("send jobs")?.attributes["messaging.message.id"]).toBe(confirmed.d.id);
    expect(find("receive jobs")).toMatchObject({
      kind: SpanKind.CONSUMER,
      attributes: { "messaging.operation.type": "receive", "singyeong.message.attempt": 1, "singyeong.client.id": "w" },
    });
    expect(find("ack jobs")).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { "messaging.operation.type": "settle" },
    });
  });

  it("tells of a message that dies", async () => {
    await using site = await start();
    const worker = await site.enter("w");
    worker.say("QUEUE", { queue: "jobs", target: { application: "app" }, nonce: "n", payload: 1, headers });
    const { d } = await worker.next();
    worker.say("QUEUE_REQUEST", { queue: "jobs" });
    await worker.next();
    worker.say("QUEUE_NACK", { queue: "jobs", id: d.id, dead: true }, "nacked");
    await worker.next();
    expect(find("dead-letter jobs")).toMatchObject({
      parentSpanContext: { spanId: find("receive jobs")!.spanContext().spanId },
      attributes: { "error.type": "rejected", "messaging.message.id": d.id },
    });
  });

  it("traces what is pushed over HTTP", async () => {
    await using site = await start();
    const { status } = await site.ask("POST", "/api/v1/queues/jobs/messages", { target: {}, payload: 1, headers });
    expect(status).toBe(201);
    expect(find("send jobs")?.parentSpanContext?.traceId).toBe(traceId);
    const { json } = await site.ask("GET", "/api/v1/queues/jobs/messages");
    expect(read(json.messages[0].headers)[2]).toBe(find("send jobs")!.spanContext().spanId);
  });

  it("follows a publication to each group", async () => {
    await using site = await start();
    const member = await site.enter("m");
    member.say("SUBSCRIBE", { topics: ["news.*"], group: "g", max_in_flight: 1 });
    await member.next();
    member.say("PUBLISH", { topic: "news.today", nonce: "n", payload: 1, headers });
    const frames = [await member.next(), await member.next()];
    const { d } = frames.find(({ t }: Frame) => t === "EVENT");
    member.say("ACK", { id: d.id }, "acked");
    await member.next();
    const published = find("send news.today")!;
    const received = find("receive news.today")!;
    expect(published).toMatchObject({ kind: SpanKind.PRODUCER, attributes: { "singyeong.groups": 1 } });
    expect(received).toMatchObject({
      parentSpanContext: { spanId: published.spanContext().spanId },
      attributes: { "messaging.consumer.group.name": "g", "singyeong.client.id": "m" },
    });
    expect(read(d.headers)[2]).toBe(received.spanContext().spanId);
    expect(find("ack news.today")?.parentSpanContext?.spanId).toBe(received.spanContext().spanId);
  });

  it("carries a call's trace on to its callee", async () => {
    await using site = await start();
    const callee = await site.enter("e", "math");
    const caller = await site.enter("r");
    caller.say("CALL", { id: 1, method: "add", target: { application: "math" }, payload: 1, end: true, headers });
    const { d } = await callee.next();
    callee.say("DATA", { id: d.id, payload: 2, end: true });
    await caller.next();
    const span = find("call math")!;
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId },
      attributes: { "rpc.system": "singyeong", "rpc.service": "math", "rpc.method": "add" },
    });
    expect(read(d.headers)[2]).toBe(span.spanContext().spanId);
  });
});

describe("a trace that is followed", () => {
  it("shows who sent a message and who got it, hop by hop", async () => {
    await using site = await startObserved();
    const watched = await site.ask("POST", "/api/v1/trace", { trace_id: traceId });
    expect(watched.json).toEqual({ trace_id: traceId, expires_ms: expect.any(Number) });
    const [a, b] = [await site.enter("a", "mill"), await site.enter("b", "mill")];
    const sender = await site.enter("s");
    sender.say("BROADCAST", { target: { application: "mill" }, nonce: 1, payload: 1, headers });
    sender.say("BROADCAST", { target: { application: "mill" }, nonce: 2, payload: 2 });
    const frames = [await a.next(), await b.next()];
    expect((await a.next()).d).not.toHaveProperty("headers");
    const { json } = await site.ask("GET", `/api/v1/trace/${traceId}`);
    expect(json).toMatchObject({ trace_id: traceId, dropped: 0 });
    expect(json.hops).toMatchObject([
      {
        name: "broadcast mill",
        kind: "producer",
        parent_id: "00f067aa0ba902b7",
        client: { app_id: "app", client_id: "s" },
        code: null,
        detail: { "messaging.destination.name": "mill", "singyeong.receivers": 2 },
      },
      { name: "delivered", kind: "event", duration_ms: 0 },
      { name: "delivered", kind: "event", duration_ms: 0 },
    ]);
    expect(
      json.hops
        .slice(1)
        .map(({ client }: Frame) => client.client_id)
        .sort(),
    ).toEqual(["a", "b"]);
    for (const { d } of frames) expect(read(d.headers)).toEqual(["00", traceId, json.hops[0].span_id, "01"]);
  });

  it("is a new one where none is named", async () => {
    await using site = await startObserved();
    const { json } = await site.ask("POST", "/api/v1/trace", {});
    expect((await site.ask("GET", `/api/v1/trace/${json.trace_id}`)).json).toEqual({ ...json, dropped: 0, hops: [] });
    expect(await site.scrape("singyeong_traces_followed")).toBe(1);
  });

  it("is refused where its number is none, and not there where nobody follows it", async () => {
    await using site = await startObserved();
    for (const trace_id of ["0".repeat(32), "x", 1]) {
      const { status, json } = await site.ask("POST", "/api/v1/trace", { trace_id });
      expect([status, json.code]).toEqual([400, "dispatch/invalid"]);
    }
    const { status, json } = await site.ask("GET", `/api/v1/trace/${traceId}`);
    expect([status, json.code]).toEqual([404, "http/not-found"]);
  });

  it("is one of few", async () => {
    await using site = await startObserved();
    for (let i = 0; i < 32; i++) expect((await site.ask("POST", "/api/v1/trace", {})).status).toBe(200);
    const { status, json } = await site.ask("POST", "/api/v1/trace", {});
    expect([status, json.code, json.extra_info]).toEqual([429, "trace/too-many", { max: 32 }]);
  });

  it("is for administrators", async () => {
    const accounts = [{ name: "app", password: "weak", permissions: { send: ["*"] } }];
    await using site = await startObserved({}, { auth: "s3cret", accounts });
    const ask = (password: string) => site.ask("POST", "/api/v1/trace", {}, { authorization: password });
    expect([(await ask("weak")).status, (await ask("s3cret")).status]).toEqual([403, 200]);
    expect((await site.ask("GET", `/api/v1/trace/${traceId}`, undefined, { authorization: "weak" })).status).toBe(403);
  });
});

it("leaves the headers of messages alone while nobody takes spans", async () => {
  await using site = await startObserved();
  const receiver = await site.enter("r", "mill");
  receiver.say("SEND", { target: { application: "mill" }, payload: 1, headers });
  expect((await receiver.next()).d.headers).toEqual(headers);
});
