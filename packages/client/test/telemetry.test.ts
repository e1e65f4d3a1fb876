import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { compose, loadConfig } from "@singyeong/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Client, connect } from "../src/index.ts";
import { createTelemetry } from "../src/telemetry/index.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("test");
const telemetry = createTelemetry({ tracer });
const clients: Client[] = [];
let address = "";

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const flags = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent"];
  const loaded = loadConfig(flags, {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  address = `127.0.0.1:${await server.listen()}`;
  return async () => void (await server.kill());
});
beforeEach(() => exporter.reset());
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  propagation.disable();
});
afterAll(() => context.disable());

async function join(app: string): Promise<Client> {
  const client = await connect({ servers: address, app, telemetry });
  clients.push(client);
  return client;
}

/** Does something within a span, and gives the spans that it led to, by name, once there are so many. */
async function within(count: number, run: () => unknown): Promise<Readonly<Record<string, ReadableSpan>>> {
  await tracer.startActiveSpan("root", async (span) => {
    await run();
    span.end();
  });
  await vi.waitUntil(() => exporter.getFinishedSpans().length > count);
  const spans = exporter.getFinishedSpans();
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  return Object.fromEntries(spans.map((span) => [span.name, span]));
}

/** The span that a handler is at work in. */
const here = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

/** Expects one to be the child of the other. */
function expectLink(parent: ReadableSpan | undefined, child: ReadableSpan | undefined): void {
  expect([child?.name, child?.parentSpanContext?.spanId]).toEqual([expect.any(String), idOf(parent)]);
}

describe("the trace goes on", () => {
  it("from what is sent to the handler that gets it", async () => {
    const [shop, api] = await Promise.all([join("shop"), join("api")]);
    let inside: string | undefined;
    api.messages(({ headers }) => {
      inside = here();
      expect(headers.own).toBe("1");
    });
    const spans = await within(2, () => shop.send("api", { hello: "nerve" }, { headers: { own: "1" } }));
    expectLink(spans.root, spans["send api"]);
    expectLink(spans["send api"], spans["process api"]);
    expect([spans["send api"]?.kind, spans["process api"]?.kind]).toEqual([SpanKind.PRODUCER, SpanKind.CONSUMER]);
    expect(inside).toBe(idOf(spans["process api"]));
    expect(spans["send api"]?.attributes).toEqual({
      "messaging.system": "singyeong",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": "api",
    });
  });

  it("from a request over its handler to all that hear of it", async () => {
    const [shop, api] = await Promise.all([join("shop"), join("api")]);
    let handled = 0;
    shop.subscribe("sales.>", () => handled++);
    await vi.waitUntil(async () => (await api.publish("sales.first", 1)).groups > 0);
    await vi.waitUntil(() => handled > 0);
    exporter.reset();
    api.messages(async (message) => {
      await api.publish("sales.kr", 1);
      await message.reply("ok");
    });
    const spans = await within(4, () => shop.request("api", 1));
    expectLink(spans["request api"], spans["process api"]);
    expectLink(spans["process api"], spans["publish sales.kr"]);
    expectLink(spans["publish sales.kr"], spans["process sales.kr"]);
  });

  it("from a job to whoever works on it, in a handler", async () => {
    const shop = await join("shop");
    shop.queue("orders").consume(() => shop.broadcast({ application: ["nobody"], droppable: true }, 1));
    const spans = await within(3, () => shop.queue("orders").push("shop", 1));
    expectLink(spans["push orders"], spans["process orders"]);
    expectLink(spans["process orders"], spans["broadcast #nobody"]);
  });

  it("or, in a loop, by what the loop asks for", async () => {
    const shop = await join("shop");
    const jobs = shop.queue("orders").consume();
    const spans = await within(2, async () => {
      await shop.queue("orders").push("shop", 1);
      const { value: job } = await jobs.next();
      tracer.startSpan("work", {}, telemetry.contextOf(job!.headers)).end();
      await job!.ack();
    });
    expectLink(spans["push orders"], spans.work);
  });

  it("from a call over its handler to the calls that this makes", async () => {
    const [web, math] = await Promise.all([join("web"), join("math")]);
    let inside: string | undefined;
    math.serve({
      async twice(n: number) {
        inside = here();
        return 2 * ((await math.call("math", "same", n)) as number);
      },
      same: (n: number) => n,
    });
    const spans = await within(4, async () => expect(await web.call("math", "twice", 4, { waitMs: 5000 })).toBe(8));
    const [client, server] = ["math/twice", "math/same"].map((name) =>
      exporter.getFinishedSpans().filter((span) => span.name === name && span.kind === SpanKind.CLIENT),
    );
    const serving = exporter
      .getFinishedSpans()
      .find(({ kind, name }) => kind === SpanKind.SERVER && name === "math/twice");
    expectLink(spans.root, client?.[0]);
    expectLink(client?.[0], serving);
    expectLink(serving, server?.[0]);
    expect(inside).toBe(idOf(serving));
    expect(serving?.attributes).toEqual({ "rpc.system": "singyeong", "rpc.service": "math", "rpc.method": "twice" });
  });

  it("through handlers whose answer is a stream", async () => {
    const [web, math] = await Promise.all([join("web"), join("math")]);
    const inside: (string | undefined)[] = [];
    math.serve({
      async *count(to: number) {
        for (let i = 0; i < to; i++) {
          await Promise.resolve();
          inside.push(here());
          yield i;
        }
      },
    });
    const read: unknown[] = [];
    await within(2, async () => {
      for await (const n of web.call("math", "count", 3, { waitMs: 5000 })) read.push(n);
    });
    const serving = exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.SERVER);
    expect([read, inside]).toEqual([[0, 1, 2], Array(3).fill(idOf(serving))]);
  });
});

describe("what fails", () => {
  it("ends its span with the code", async () => {
    const shop = await join("shop");
    const spans = await within(1, () => shop.send("nobody", 1).catch(() => {}));
    expect(spans["send nobody"]?.attributes["error.type"]).toBe("route/no-match");
    expect(spans["send nobody"]?.status).toEqual({ code: 2, message: "no client matches" });
  });

  it("does so at both ends of a call", async () => {
    const [web, math] = await Promise.all([join("web"), join("math")]);
    math.serve({
      fail() {
        throw Object.assign(new Error("too many"), { code: "math/overflow" });
      },
    });
    await within(2, () => web.call("math", "fail", 1, { waitMs: 5000 }).catch(() => {}));
    const spans = exporter.getFinishedSpans().filter(({ name }) => name === "math/fail");
    expect(spans.map((span) => span.attributes["error.type"])).toEqual(["math/overflow", "math/overflow"]);
  });

  it("in a handler does so as well, and is reported as ever", async () => {
    const shop = await join("shop");
    const reported = new Promise((resolve) => shop.on("error", ({ error }) => resolve(error.code)));
    shop.messages(() => {
      throw new TypeError("no");
    });
    const spans = await within(2, () => shop.send("shop", 1));
    expect(spans["process shop"]?.attributes["error.type"]).toBe("TypeError");
    expect(await reported).toBe("client/handler-threw");
  });
});

it("what is handled without any trace around begins one of its own", async () => {
  const api = await join("api");
  const plain = await connect({ servers: address, app: "plain" });
  clients.push(plain);
  api.messages(() => {});
  await plain.send("api", 1);
  await vi.waitUntil(() => exporter.getFinishedSpans().length > 0);
  expect(exporter.getFinishedSpans().map(({ name, parentSpanContext }) => [name, parentSpanContext])).toEqual([
    ["process api", undefined],
  ]);
});
