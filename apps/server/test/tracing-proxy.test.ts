import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { SpanKind, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dial } from "./listener-harness.ts";
import { startObserved } from "./observe-kit.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

describe("the span of a proxied request", () => {
  const exporter = new InMemorySpanExporter();
  beforeEach(() => {
    exporter.reset();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });
  afterEach(() => trace.disable());

  /** A server whose client `shop/s` is a target that answers with the status in its path. */
  async function start() {
    const seen: IncomingHttpHeaders[] = [];
    const target = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(Number(request.url!.slice(1, 4))).end("done");
    }).listen(0, "127.0.0.1");
    await once(target, "listening");
    const { port } = target.address() as AddressInfo;
    const site = await startObserved({}, { traces: true });
    const client = await dial(site.port, "/gateway/websocket");
    await client.message();
    const d = { application_id: "shop", client_id: "s", ip: `127.0.0.1:${port}` };
    client.socket.send(JSON.stringify({ op: 1, d }));
    await client.message();
    const ask = async (path: string) =>
      (await site.ask("GET", `/api/v1/proxy/shop${path}`, undefined, { traceparent, tracestate: "vendor=1" })).status;
    return {
      ask,
      seen,
      async [Symbol.asyncDispose]() {
        await site.server.kill();
        target.close();
      },
    };
  }

  it("goes from its client to its target, which goes on with it", async () => {
    await using site = await start();
    expect(await site.ask("/200?secret=1")).toBe(200);
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      name: "GET shop",
      kind: SpanKind.CLIENT,
      parentSpanContext: { traceId, spanId: "00f067aa0ba902b7" },
    });
    expect(span!.attributes).toEqual({
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "url.path": "/200",
      "singyeong.application": "shop",
    });
    expect(site.seen[0]).toMatchObject({
      traceparent: `00-${traceId}-${span!.spanContext().spanId}-01`,
      tracestate: "vendor=1",
    });
  });

  it("is an error where the target's answer is one", async () => {
    await using site = await start();
    expect(await site.ask("/503")).toBe(503);
    expect(exporter.getFinishedSpans()[0]!.attributes).toMatchObject({
      "http.response.status_code": 503,
      "error.type": "503",
    });
  });
});
