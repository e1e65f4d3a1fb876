import { errors } from "@singyeong/protocol";
import { expect, it } from "vitest";
import { SingyeongError } from "./errors.ts";

const retryOf = (code: string) => new SingyeongError(code, "").retry;

it("advises what the protocol's table of errors advises", () => {
  for (const [code, { retry }] of Object.entries(errors)) expect([code, retryOf(code)]).toEqual([code, retry]);
});

it("advises to try again later, or elsewhere, what the client itself could not do for now", () => {
  for (const code of ["unreachable", "connection-lost", "timeout", "outbox-full"]) {
    expect([code, retryOf(`client/${code}`)]).toEqual([code, "later"]);
  }
  expect(retryOf("client/protocol")).toBe("reconnect");
  expect(retryOf("client/closed")).toBe("never");
});

it("takes a code that it does not know as final, and a server that gives none as one to leave", () => {
  expect([retryOf("toString"), retryOf("server/unknown")]).toEqual(["never", "reconnect"]);
});

it("says what it is told to say", () => {
  expect(new SingyeongError("client/http", "", { retry: "later" }).retry).toBe("later");
});
