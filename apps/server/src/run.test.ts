import { expect, it } from "vitest";
import { resolveConfig } from "./config/resolve.ts";
import { describeListening } from "./run.ts";

it.each([
  ["0.0.0.0", "ws://localhost:80/gateway/websocket", true, true],
  ["::", "ws://localhost:80/gateway/websocket", true, true],
  ["127.0.0.1", "ws://127.0.0.1:80/gateway/websocket", false, false],
  ["::1", "ws://[::1]:80/gateway/websocket", false, false],
  ["fd00::2", "ws://[fd00::2]:80/gateway/websocket", false, true],
])("a server on %s says that it is at %s", (host, url, everywhere, open) => {
  expect(describeListening(resolveConfig({ host }), 80)).toEqual({
    type: "listening",
    url,
    port: 80,
    everywhere,
    open,
  });
  expect(describeListening(resolveConfig({ host, auth: "s3cret" }), 80)).toMatchObject({
    url,
    everywhere,
    open: false,
  });
});

it.each([
  ["another password", { moreAuth: ["s3cret"] }],
  ["a file of passwords", { authFile: "passwords" }],
  ["an account", { accounts: [{ name: "till", password: "s3cret", permissions: {} }] }],
  ["keys of tokens", { jwksUrl: "https://keys.example/jwks" }],
  ["an authority of clients", { tlsCert: "cert.pem", tlsKey: "key.pem", tlsClientCa: "ca.pem" }],
])("a server that asks for %s is not open", (_, settings) => {
  expect(describeListening(resolveConfig(settings), 80)).toMatchObject({ open: false });
});

it("a server that speaks TLS says so", () => {
  const settings = resolveConfig({ tlsCert: "cert.pem", tlsKey: "key.pem" });
  expect(describeListening(settings, 443)).toMatchObject({ url: "wss://localhost:443/gateway/websocket" });
});
