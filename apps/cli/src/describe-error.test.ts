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

it.each([
  ["http/unauthorized", "the server does not accept this token: token expired", undefined, "Get a new token"],
  ["http/unauthorized", "the server does not accept this password", undefined, "Give the server's password"],
  ["auth/failed", "the token was refused: token expired", ["token expired"], "Get a new token"],
  [
    "auth/forbidden",
    "x",
    { message: "sg: not an application of yours" },
    'What you gave has to permit "sg" in its identify',
  ],
  ["auth/forbidden", "x", { server: "a:1", status: 403 }, "SINGYEONG_ORIGINS"],
  ["auth/forbidden", "x", undefined, "whoever issued it"],
  ["proxy/forbidden", "x", undefined, "SINGYEONG_PROXY_ALLOW"],
  ["client/unreachable", "x", undefined, "Is it running"],
  ["client/unreachable", "x", { server: "a:1", code: "ECONNREFUSED", tls: true }, "Is it running"],
  ["client/unreachable", "x", { server: "a:1", code: "UND_ERR_SOCKET", tls: false }, "try ssingyeong://"],
  ["client/unreachable", "x", { server: "a:1", status: 503 }, "as many connections as it takes"],
  ["client/unreachable", "x", { server: "a:1", status: 404 }, "offers no WebSocket"],
])("%s, %j with %j, is followed by advice", (code, message, details, advice) => {
  const failure = toFailure(new SingyeongError(code, message, { details }));
  expect(failure).toMatchObject({ message, advice: expect.stringContaining(advice) });
});

it.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "the certificate of a:1 is not trusted", "--ca FILE"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificate of a:1 is not trusted", "--ca FILE"],
  ["CERT_HAS_EXPIRED", "the certificate of a:1 is not valid now", "needs a new one"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "the certificate of a:1 is for another name", "by a name that"],
  ["UND_ERR_SOCKET", "a:1 ended the connection while TLS was set up", "client certificate"],
  ["ECONNRESET", "a:1 ended the connection while TLS was set up", "client certificate"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "a:1 ended the connection while TLS was set up", "client certificate"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "a:1 speaks no TLS", "Try without it"],
])("of TLS, %s says what is wrong with it", (code, message, advice) => {
  const details = { server: "a:1", code, tls: true };
  expect(toFailure(new SingyeongError("client/unreachable", "x", { details }))).toMatchObject({
    outcome: "unreachable",
    message: `${message} (${code})`,
    advice: expect.stringContaining(advice),
  });
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
