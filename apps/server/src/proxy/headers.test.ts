import { expect, it } from "vitest";
import type { HeaderList } from "../ports/listener.ts";
import { answerHeaders, requestHeaders } from "./headers.ts";

const origin = { peer: "192.0.2.7", secure: false, host: "broker.example" };
const forwarded: HeaderList = [
  ["x-forwarded-for", "192.0.2.7"],
  ["x-forwarded-proto", "http"],
  ["x-forwarded-host", "broker.example"],
];
const sent = (headers: HeaderList, keeps = false): HeaderList =>
  requestHeaders(headers, origin, keeps).filter(([name]) => !name.startsWith("x-forwarded-"));

it("passes fields on in order, repeated ones as often as they are there", () => {
  const headers: HeaderList = [
    ["accept", "a"],
    ["traceparent", "00-1-2-01"],
    ["accept", "b"],
    ["cookie", "c=1"],
  ];
  expect(requestHeaders(headers, origin, false)).toEqual([...headers, ...forwarded]);
});

it("drops what is between two ends of one connection, those included that it names", () => {
  expect(
    sent([
      ["connection", "close, X-Hop"],
      ["x-hop", "1"],
      ["connection", "x-other ,keep-alive"],
      ["x-other", "2"],
      ["keep-alive", "timeout=5"],
      ["te", "trailers"],
      ["trailer", "x"],
      ["transfer-encoding", "chunked"],
      ["upgrade", "websocket"],
      ["proxy-authorization", "s"],
      ["proxy-connection", "keep-alive"],
      ["expect", "100-continue"],
      ["host", "evil"],
      ["content-length", "7"],
      ["x-kept", "3"],
    ]),
  ).toEqual([["x-kept", "3"]]);
});

it("does not let who asks take off what this server adds", () => {
  const headers = requestHeaders([["connection", "x-forwarded-for, x-forwarded-host"]], origin, false);
  expect(headers).toEqual(forwarded);
});

it("keeps the server's authorization and headers to itself, and renames the target's", () => {
  expect(
    sent([
      ["authorization", "server's"],
      ["x-singyeong-query", "{}"],
      ["x-singyeong-authorization", "Bearer target's"],
    ]),
  ).toEqual([["authorization", "Bearer target's"]]);
  expect(sent([["authorization", "target's"]], true)).toEqual([["authorization", "target's"]]);
  const several = [
    ["authorization", "one"],
    ["authorization", "other"],
    ["x-singyeong-authorization", "Bearer target's"],
  ] as const;
  expect(sent(several, true)).toEqual([["authorization", "Bearer target's"]]);
});

it("appends where the request came from, once", () => {
  const chain: HeaderList = [
    ["x-forwarded-for", "10.0.0.1"],
    ["x-forwarded-for", "10.0.0.2"],
    ["x-forwarded-proto", "https"],
  ];
  expect(requestHeaders(chain, origin, false)).toEqual([
    ["x-forwarded-for", "10.0.0.1, 10.0.0.2, 192.0.2.7"],
    ["x-forwarded-proto", "https, http"],
    ["x-forwarded-host", "broker.example"],
  ]);
  const told: HeaderList = [["x-forwarded-for", "10.0.0.1, 192.0.2.7"]];
  expect(requestHeaders(told, origin, false)[0]).toEqual(["x-forwarded-for", "10.0.0.1, 192.0.2.7"]);
});

it("passes an answer's fields on without those of the connection, and without the server's own names", () => {
  expect(
    answerHeaders([
      ["content-type", "text/plain"],
      ["connection", "X-Internal"],
      ["x-internal", "1"],
      ["content-length", "5"],
      ["transfer-encoding", "chunked"],
      ["x-singyeong-error", "route/no-match"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]),
  ).toEqual([
    ["content-type", "text/plain"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ]);
});
