import { describe, expect, it } from "vitest";
import { readServer } from "./servers.ts";

const plain = { application: null, password: null, encoding: null, tls: false };

describe("a server", () => {
  it.each([
    ["localhost", { ...plain, host: "localhost", port: 4567 }],
    [" api.internal:80\n", { ...plain, host: "api.internal", port: 80 }],
    ["10.0.0.1", { ...plain, host: "10.0.0.1", port: 4567 }],
    ["[::1]", { ...plain, host: "[::1]", port: 4567 }],
    ["[::1]:99", { ...plain, host: "[::1]", port: 99 }],
    ["ws://h", { ...plain, host: "h", port: 80 }],
    ["wss://h/", { ...plain, host: "h", port: 443, tls: true }],
    ["http://h:4567", { ...plain, host: "h", port: 4567 }],
    ["https://[::1]/gateway/websocket", { ...plain, host: "[::1]", port: 443, tls: true }],
    ["ws://h/gateway/websocket/?encoding=msgpack", { ...plain, host: "h", port: 80, encoding: "msgpack" }],
    ["singyeong://localhost:4567", { ...plain, host: "localhost", port: 4567 }],
    ["ssingyeong://h?encoding=json", { ...plain, host: "h", port: 443, tls: true, encoding: "json" }],
    ["singyeong://:pw@h", { ...plain, host: "h", port: 80, password: "pw" }],
    ["singyeong://app@h", { ...plain, host: "h", port: 80, application: "app" }],
    ["singyeong://@h:80", { ...plain, host: "h", port: 80 }],
    ["h:080", { ...plain, host: "h", port: 80 }],
    ["singyeong://-@h", { ...plain, host: "h", port: 80, application: "-" }],
    [
      "singyeong://app:p%40ss@h:1/?encoding=msgpack",
      { host: "h", port: 1, tls: false, application: "app", password: "p@ss", encoding: "msgpack" },
    ],
  ])("%s is read", (text, server) => {
    expect(readServer(text)).toMatchObject(server);
  });

  it("has a name without password, and the addresses of its WebSocket and its HTTP side", () => {
    expect(readServer("singyeong://app:secret@h:4567")).toMatchObject({
      name: "h:4567",
      wsUrl: "ws://h:4567/gateway/websocket",
      httpUrl: "http://h:4567",
    });
    expect(readServer("https://[::1]")).toMatchObject({
      name: "[::1]:443",
      wsUrl: "wss://[::1]:443/gateway/websocket",
      httpUrl: "https://[::1]:443",
    });
  });
});

const shape = "expected singyeong://app:password@host:port, or host:port";

describe("what is no server is refused", () => {
  it.each([
    ["", shape],
    ["ftp://h", "no path may follow"],
    ["::1", shape],
    ["fe80::1:4567", shape],
    ["h:0", "port 0 is not between"],
    ["h:65536", shape],
    ["h:port", shape],
    ["a b", shape],
    ["a%zz", shape],
    ["http://h/singyeong", "no path may follow"],
    ["h/path", "no path may follow"],
    ["ws://h#x", "no path may follow"],
    ["ws://", shape],
    ["singyeong://app@", shape],
    ["singyeong://app:%zz@h", "hexadecimal"],
    ["singyeong://app@h/path", "no path may follow"],
    ["singyeong://app@h?encoding=etf", "not etf"],
    ["singyeong://app@h?encoding=xml", "not xml"],
  ])("%s", (text, message) => {
    expect(() => readServer(text)).toThrow(
      expect.objectContaining({ code: "client/invalid-options", message: expect.stringContaining(message) }),
    );
  });

  it.each(["app:secret@h:0", "http://app:secret@h/path", "singyeong://app:secret@h:0", "singyeong://app:secret@a b"])(
    "without showing its password: %s",
    (text) => {
      expect(() => readServer(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("secret"), code: "client/invalid-options" }),
      );
    },
  );
});
