import { errors } from "@singyeong/protocol";
import { expect, it } from "vitest";
import { retryOf } from "./retries.ts";

it("advises what the protocol's table of errors advises", () => {
  for (const [code, { retry }] of Object.entries(errors)) expect([code, retryOf(code)]).toEqual([code, retry]);
});

it("takes a code that it does not know as final", () => {
  expect(retryOf("toString")).toBe("never");
});
