import { type Context, context, SpanKind, type Tracer } from "@opentelemetry/api";
import type { Middleware } from "../call/call.ts";
import { nameTarget } from "./name-target.ts";
import { extractContext, injectHeaders } from "./trace-headers.ts";
import { beginSpan, endSpan, isThenable, runTraced, type Work } from "./traced.ts";

/** Middleware that makes a span of every call, at either end. `app` is the client's own application. */
export function createCallTracing(tracer: Tracer, app: string): Middleware {
  return {
    outgoing(call, next) {
      const service = call.target === null ? "callback" : nameTarget(call.target);
      return runTraced(tracer, describeCall(SpanKind.CLIENT, service, call.method), (inside) => {
        Object.assign(call.headers, injectHeaders(inside, call.headers));
        return next();
      });
    },
    incoming(call, next) {
      const work = { ...describeCall(SpanKind.SERVER, app, call.method), parent: extractContext(call.headers) };
      const [span, inside] = beginSpan(tracer, work);
      const end = (): void => span.end();
      const fail = (error: unknown): unknown => endSpan(span, error);
      const finish = (result: unknown): unknown => {
        if (isIterator(result)) return iterateWithin(inside, result, end, fail);
        end();
        return result;
      };
      try {
        const result = context.with(inside, next);
        if (!isThenable(result)) return finish(result);
        return result.then(finish, (error) => {
          throw fail(error);
        });
      } catch (error) {
        throw fail(error);
      }
    },
  };
}

function describeCall(kind: SpanKind, service: string, method: string): Work {
  const attributes = { "rpc.system": "singyeong", "rpc.service": service, "rpc.method": method };
  return { name: `${service}/${method}`, kind, attributes };
}

type Messages = AsyncIterable<unknown> | Generator<unknown>;

/** What a handler's messages are read from, as calls know it. */
function isIterator(result: unknown): result is Messages {
  if (typeof result !== "object" || result === null) return false;
  return (
    Symbol.asyncIterator in result ||
    (Symbol.iterator in result && typeof (result as { next?: unknown }).next === "function")
  );
}

/** Messages whose maker runs within a context. */
function iterateWithin(
  inside: Context,
  messages: Messages,
  end: () => void,
  fail: (error: unknown) => unknown,
): AsyncIterableIterator<unknown> {
  const source = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages;
  const ask = async (run: () => unknown): Promise<IteratorResult<unknown>> => {
    try {
      const result = (await context.with(inside, run)) as IteratorResult<unknown>;
      if (result.done) end();
      return result;
    } catch (error) {
      throw fail(error);
    }
  };
  return {
    next: () => ask(() => source.next()),
    return: (value) => ask(() => source.return?.(value) ?? { done: true, value }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
