import { expect, it } from "vitest";
import { findContradictions } from "./contradictions.ts";
import { resolveConfig } from "./resolve.ts";
import type { Config } from "./schema.ts";

const tls = { tlsCert: "cert.pem", tlsKey: "key.pem" };

it.each<[Partial<Config>, string]>([
  [{ tlsCert: "cert.pem" }, "tlsCert"],
  [{ tlsKey: "key.pem" }, "tlsKey"],
  [{ tlsClientCa: "ca.pem" }, "tlsClientCa"],
  [{ jwtIssuer: "me" }, "jwtIssuer"],
  [{ jwtAudience: "you" }, "jwtAudience"],
  [{ proxyProtocol: true }, "proxyProtocol"],
  [{ ...tls, tlsClientCa: "ca.pem", listener: "uws" }, "tlsClientCa"],
  [{ proxyProtocol: true, trustedProxies: ["10.0.0.1"], listener: "uws" }, "proxyProtocol"],
])("%j cannot be meant", (settings, name) => {
  expect(() => resolveConfig(settings)).toThrow(`settings are wrong: ${name}: `);
});

it.each<[Partial<Config>]>([
  [{}],
  [tls],
  [{ ...tls, tlsClientCa: "ca.pem" }],
  [{ jwtKeys: "keys.json", jwtIssuer: "me", jwtAudience: "you" }],
  [{ proxyProtocol: true, trustedProxies: ["10.0.0.1"] }],
])("%j is fine", (settings) => {
  expect(findContradictions(resolveConfig(settings))).toEqual([]);
});
