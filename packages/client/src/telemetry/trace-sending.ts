import type { Tracer } from "@opentelemetry/api";
import type { Client } from "../client.ts";
import type { Queue } from "../queue/queue.ts";
import { nameTarget } from "./name-target.ts";
import { type Headers, injectHeaders } from "./trace-headers.ts";
import { beginSpan, endSpan, messaging, runTraced } from "./traced.ts";

type Options = { readonly headers?: Headers | undefined } | undefined;
type Send = (to: unknown, payload: unknown, options?: Options) => Promise<unknown>;

/** Makes a span of all that a client sends but calls. */
export function traceSending(tracer: Tracer, client: Client): void {
  /** `nameOf` gives the destination of what is sent to somewhere. */
  const trace =
    (operation: string, send: Send, nameOf: (to: unknown) => string): Send =>
    (to, payload, options) =>
      runTraced(tracer, messaging(operation, "send", nameOf(to)), (inside) =>
        send(to, payload, { ...options, headers: injectHeaders(inside, options?.headers) }),
      );

  const { send, broadcast, request, publish, publishAndWait, replies, queue } = client;
  const open = (name: string): Queue => {
    const opened = queue(name);
    return { ...opened, push: trace("push", opened.push as Send, () => name) as never };
  };
  Object.assign(client, {
    send: trace("send", send as Send, nameTarget),
    broadcast: trace("broadcast", broadcast as Send, nameTarget),
    request: trace("request", request as Send, nameTarget),
    publish: trace("publish", publish as Send, String),
    publishAndWait: trace("publish", publishAndWait as Send, String),
    async *replies(topic: string, payload: unknown, options: Options) {
      const [span, inside] = beginSpan(tracer, messaging("publish", "send", topic));
      try {
        yield* replies(topic, payload, { ...options, headers: injectHeaders(inside, options?.headers) });
        span.end();
      } catch (error) {
        throw endSpan(span, error);
      } finally {
        // Whoever leaves the loop does so without an error; ending a span twice does nothing.
        if (span.isRecording()) span.end();
      }
    },
    queue: open,
  });
}
