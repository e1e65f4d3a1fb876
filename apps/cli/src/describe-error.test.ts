import { SingyeongError } from "@singyeong/client";
import { expect, it } from "vitest";
import { toFailure } from "./describe-error.ts";
import { misuse } from "./failure.ts";

it.each([
  ["client/unreachable", "unreachable"],
  ["client/connection-lost", "unreachable"],
  ["client/wrong-password", "refused"],
  ["client/timeout", "timeout"],
  ["client/invalid-value", "misuse"],
  ["client/invalid-options", "misuse"],
  ["route/no-match", "noMatch"],
  ["query/invalid", "refused"],
  ["dispatch/restricted", "refused"],
  ["metadata/too-large", "refused"],
  ["server/draining", "unreachable"],
  ["http/unauthorized", "refused"],
  ["auth/throttled", "refused"],
  ["auth/forbidden", "refused"],
  ["limit/rate", "refused"],
  ["limit/connections", "unreachable"],
  ["proxy/unreachable", "failed"],
  ["proxy/timeout", "timeout"],
  ["something/new", "failed"],
  ["constructor", "failed"],
  ["__proto__/x", "failed"],
])("%s counts as %s", (code, outcome) => {
  expect(toFailure(new SingyeongError(code, "x", { details: 1 }))).toMatchObject({ code, outcome, details: 1 });
});

const fault = { at: "/d/method", message: "method is text of 1 to 256 bytes" };

it.each([
  ["dispatch/invalid", "invalid", fault, "invalid: /d/method: method is text of 1 to 256 bytes"],
  ["query/invalid", "invalid", { at: "/d/a", rule: "query/x", message: "y" }, "invalid: /d/a: query/x: y"],
  ["dispatch/invalid", `invalid: ${fault.at}: ${fault.message}`, fault, `invalid: ${fault.at}: ${fault.message}`],
  ["dispatch/invalid", "invalid", null, "invalid"],
  ["stream/rejected", "no such method", "x", "no such method"],
  ["paint/empty", "out of paint", fault, "out of paint"],
])("of %s %j with the data %j tells %j", (code, message, data, told) => {
  expect(toFailure(new SingyeongError(code, message, { data }))).toMatchObject({ message: told });
});

it("leaves what is told already", () => {
  const failure = misuse("x");
  expect(toFailure(failure)).toBe(failure);
});

it("tells the system's errors from defects of its own", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  expect(toFailure(full)).toMatchObject({ code: "cli/system", outcome: "failed" });
  expect(toFailure(new TypeError("x"))).toMatchObject({
    code: "cli/internal",
    advice: expect.stringContaining("defect of sg"),
  });
  expect(toFailure("x")).toMatchObject({ code: "cli/internal", message: "x" });
});
