import { QueueDeathCause } from "@singyeong/protocol/schema";
import { expect, it } from "vitest";
import { queueDead } from "./queue-peek.ts";

it("the help of sg queue dead explains every cause that a server names", () => {
  const [details] = queueDead.details!;
  for (const { const: cause } of QueueDeathCause.anyOf) expect(details).toContain(` ${cause} where `);
});
