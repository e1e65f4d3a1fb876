import { Type } from "typebox";
import { describe, expectTypeOf, it } from "vitest";
import type { Callback } from "../../src/call/call.ts";
import type { Client } from "../../src/client.ts";
import type { connect as Connect } from "../../src/connect.ts";
import { defineApplication } from "../../src/contract/application.ts";
import { query } from "../../src/query/builder.ts";

const math = defineApplication("math", {
  metadata: Type.Object({ slots: Type.Integer() }),
  methods: {
    add: { input: Type.Object({ a: Type.Number(), b: Type.Number() }), output: Type.Number() },
    sum: { inputs: Type.Number(), output: Type.Number() },
    ping: {},
  },
});

const connect = null as unknown as typeof Connect;
const client = null as unknown as Client;

/** Never called: what stands inside is for the type checker alone. */
const typesOnly = (_body: () => unknown) => undefined;

describe("a call", () => {
  it("takes what the method declared, and gives what it declared", () => {
    typesOnly(async () => {
      const call = client.call(math, "add", { a: 1, b: 2 }, { deadlineMs: 5, retry: { attempts: 2 } });
      expectTypeOf(await call).toEqualTypeOf<number>();
      expectTypeOf(await call.headers).toEqualTypeOf<Readonly<Record<string, string>>>();
      for await (const each of call) expectTypeOf(each).toEqualTypeOf<number>();
      const near = query(math).where((path) => path("/slots").gt(0));
      expectTypeOf(await client.call(near, "add", { a: 1, b: 2 })).toEqualTypeOf<number>();
      expectTypeOf(
        await client.call(
          math,
          "sum",
          (async function* () {
            yield 1;
          })(),
        ),
      ).toEqualTypeOf<number>();
      await client.call(math, "ping");
      client.handle("pass", (_, { deadlineMs }) =>
        client.call(math, "add", { a: 1, b: 2 }, { deadlineMs, waitMs: null }),
      );
      // @ts-expect-error b is missing
      await client.call(math, "add", { a: 1 });
      // @ts-expect-error the input is missing
      await client.call(math, "add");
      // @ts-expect-error a stream of numbers
      await client.call(math, "sum", 5);
      // @ts-expect-error not among the methods that were declared
      await client.call(math, "sub", { a: 1, b: 2 });
      // @ts-expect-error no such option
      await client.call(math, "add", { a: 1, b: 2 }, { deadline: 5 });
    });
  });

  it("takes anything for whoever declared nothing", () => {
    typesOnly(async () => {
      expectTypeOf(await client.call("math", "add", [1, 2])).toBeAny();
      await client.call({ application: "math", ops: [] }, "ping");
      await client.call(query("math"), "work", { onStep: (n: number) => n }, { signal: AbortSignal.timeout(5) });
    });
  });
});

describe("a handler", () => {
  it("gets and returns what the client's own application declared", () => {
    typesOnly(async () => {
      const own = await connect({ app: math, metadata: { slots: 1 } });
      own.handle("add", (input, context) => {
        expectTypeOf(input).toEqualTypeOf<{ a: number; b: number }>();
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
        return input.a + input.b;
      });
      own.handle("sum", async function* (numbers) {
        for await (const n of numbers) {
          expectTypeOf(n).toEqualTypeOf<number>();
          yield n;
        }
      });
      // @ts-expect-error a number
      own.handle("add", () => "3");
      const service = own.serve({
        add: ({ a, b }) => a + b,
        *sum() {
          yield 1;
        },
      });
      await service.stop();
      // @ts-expect-error not among the methods that were declared
      own.handle("sub", () => 1);
      // @ts-expect-error the same
      own.serve({ add: () => 3, sub: () => 1 });
      client.serve({ any: (input: string, { from }) => [input, from.app] });
      // @ts-expect-error a number
      own.serve({ add: () => "3" });
      const stop = client.handle("any", (input, { from }) => [input, from.app], { concurrency: 2 });
      expectTypeOf(stop).toEqualTypeOf<() => Promise<void>>();
    });
  });

  it("calls back", () => {
    typesOnly(() => {
      client.handle("work", async (onStep: Callback<number, string>) => {
        expectTypeOf(await onStep(1)).toEqualTypeOf<string>();
        // @ts-expect-error a number
        await onStep("1");
      });
    });
  });
});
