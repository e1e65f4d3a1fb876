import { Type } from "typebox";
import { describe, expectTypeOf, it } from "vitest";
import type { Client } from "../../src/client.ts";
import { defineApplication } from "../../src/contract/application.ts";
import { query } from "../../src/query/builder.ts";

const shop = defineApplication("shop", { metadata: Type.Object({ slots: Type.Integer() }) });

interface Order {
  readonly id: number;
}

/** Never called: what stands inside is for the type checker alone. */
const typesOnly = (_body: (client: Client) => unknown) => undefined;

describe("a topic", () => {
  it("has the payloads that are asked for, unknown ones where nobody says", () => {
    typesOnly(async (client) => {
      client.subscribe<Order>("orders.*", ({ payload }) => void expectTypeOf(payload).toEqualTypeOf<Order>());
      client.subscribe("orders.*", ({ payload }) => void expectTypeOf(payload).toBeUnknown());
      for await (const event of client.subscribe<Order>(["a", "b"], { group: "g" })) {
        expectTypeOf(event.payload).toEqualTypeOf<Order>();
        await event.ack();
      }
      for await (const event of client.subscribe("a")) expectTypeOf(event.payload).toBeUnknown();
      expectTypeOf((await client.publishAndWait<Order>("a", 1)).payload).toEqualTypeOf<Order>();
      for await (const reply of client.replies<Order>("a", 1)) expectTypeOf(reply.payload).toEqualTypeOf<Order>();
    });
  });

  it("with a handler is no loop", () => {
    typesOnly((client) => {
      const subscription = client.subscribe("a", () => {});
      expectTypeOf(subscription.stop).returns.toEqualTypeOf<Promise<void>>();
      expectTypeOf(subscription.subscribed).returns.toEqualTypeOf<Promise<void>>();
      // @ts-expect-error it is not read
      subscription.next();
    });
  });

  it("is published to whatever targets there are", () => {
    typesOnly(async (client) => {
      const free = query(shop).where((path) => path("/slots").gt(0));
      for (const target of ["shop", shop, free, query("shop"), { ops: [] }]) {
        expectTypeOf((await client.publish("a", 1, { target })).groups).toBeNumber();
      }
      // @ts-expect-error a number is no target
      await client.publish("a", 1, { target: 5 });
    });
  });
});
