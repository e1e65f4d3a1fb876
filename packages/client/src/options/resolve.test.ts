import { describe, expect, it, vi } from "vitest";
import { defineApplication } from "../contract/application.ts";
import type { ConnectOptions } from "./options.ts";
import { resolveOptions } from "./resolve.ts";

const resolve = (options: ConnectOptions) => resolveOptions(options, () => "random");

describe("options that are not given", () => {
  it("have their defaults", () => {
    const { servers, ...rest } = resolve({ app: "api" });
    expect(servers).toMatchObject([{ name: "localhost:4567", tls: false }]);
    expect(rest).toEqual({
      app: "api",
      id: "random",
      auth: null,
      namespace: null,
      ip: null,
      tags: null,
      encoding: "json",
      caps: ["receipt", "queue2", "stream", "topic", "resume", "http"],
      calls: { maxCalls: 1000, codecs: [] },
      presence: false,
      tls: null,
      headers: null,
      backoff: { minDelayMs: 100, maxDelayMs: 10_000 },
      maxAttempts: Number.POSITIVE_INFINITY,
      maxFirstAttempts: 1,
      attemptMs: 10_000,
      outbox: { maxMessages: 10_000, maxBytes: 8_388_608, maxAgeMs: 60_000, whenFull: "reject" },
    });
  });

  it("are those that are undefined as well, inside groups too", () => {
    const options: ConnectOptions = {
      servers: undefined,
      app: "api",
      id: undefined,
      auth: undefined,
      encoding: undefined,
      caps: undefined,
      connectTimeoutMs: undefined,
      reconnect: { minDelayMs: undefined, maxDelayMs: undefined, maxAttempts: undefined },
      outbox: { maxMessages: undefined, maxBytes: undefined, maxAgeMs: undefined, whenFull: undefined },
    };
    expect(resolve(options)).toEqual(resolve({ app: "api" }));
  });
});

describe("options that are given", () => {
  it("count as they are", () => {
    expect(
      resolve({
        servers: ["a:1", "b:2"],
        app: "api",
        id: "1",
        auth: "secret",
        namespace: "blue",
        ip: "10.0.0.1:80",
        tags: ["edge"],
        encoding: "msgpack",
        caps: [],
        presence: true,
        tls: { ca: "pem" },
        headers: { trace: "1" },
        reconnect: { minDelayMs: 1, maxDelayMs: 2, maxAttempts: 3 },
        connectTimeoutMs: 4,
        outbox: { maxMessages: 5, maxBytes: 6, maxAgeMs: Number.POSITIVE_INFINITY, whenFull: "drop-oldest" },
      }),
    ).toMatchObject({
      servers: [{ name: "a:1" }, { name: "b:2" }],
      app: "api",
      id: "1",
      auth: "secret",
      namespace: "blue",
      ip: "10.0.0.1:80",
      tags: ["edge"],
      encoding: "msgpack",
      caps: [],
      presence: true,
      tls: { ca: "pem" },
      headers: { trace: "1" },
      backoff: { minDelayMs: 1, maxDelayMs: 2 },
      maxAttempts: 3,
      maxFirstAttempts: 2,
      attemptMs: 4,
      outbox: { maxMessages: 5, maxBytes: 6, maxAgeMs: Number.POSITIVE_INFINITY, whenFull: "drop-oldest" },
    });
  });

  it("take an application's id from its declaration", () => {
    expect(resolve({ app: defineApplication("gateway") as never }).app).toBe("gateway");
  });

  it("have no id made where there is one", () => {
    const createId = vi.fn(() => "random");
    resolveOptions({ app: "api", id: "1" }, createId);
    expect(createId).not.toHaveBeenCalled();
  });
});

describe("a DSN", () => {
  const servers = "ssingyeong://shop:secret@h:1?encoding=msgpack";

  it("gives application, password and encoding", () => {
    expect(resolve({ servers })).toMatchObject({ app: "shop", auth: "secret", encoding: "msgpack" });
  });

  it("gives way to options", () => {
    const options = { servers, app: "api", auth: "other", encoding: "json" } as const;
    expect(resolve(options)).toMatchObject({ app: "api", auth: "other", encoding: "json" });
  });

  it("counts where it is the first; of the others only the address does", () => {
    const [first, second] = ["singyeong://a@one", "singyeong://b:pw@two?encoding=msgpack"] as const;
    const resolved = resolve({ servers: [first, second] });
    expect(resolved).toMatchObject({ app: "a", auth: null, encoding: "json" });
    expect(resolved.servers.map(({ name }) => name)).toEqual(["one:80", "two:80"]);
  });

  it("with an empty password has none, and so has an option", () => {
    expect(resolve({ app: "api", auth: "" }).auth).toBeNull();
    expect(resolve({ servers, auth: "" }).auth).toBeNull();
  });

  it("may be what gives a token, which the server may then renew", () => {
    const auth = () => "token";
    expect(resolve({ app: "api", auth })).toMatchObject({ auth, caps: expect.arrayContaining(["auth"]) });
    expect(resolve({ app: "api", auth, caps: ["receipt"] }).caps).toEqual(["receipt"]);
  });
});

describe("attempts", () => {
  const servers = ["a", "b", "c"];

  it("at first are one for each server, unless told to wait for one", () => {
    expect(resolve({ app: "api", servers }).maxFirstAttempts).toBe(3);
    const waiting = { app: "api", servers, waitForServer: true };
    expect(resolve(waiting).maxFirstAttempts).toBe(Number.POSITIVE_INFINITY);
    expect(resolve({ ...waiting, reconnect: { maxAttempts: 7 } }).maxFirstAttempts).toBe(7);
    expect(resolve({ ...waiting, reconnect: { maxAttempts: 2 } }).maxFirstAttempts).toBe(3);
  });

  it("are none after a loss where that is asked for", () => {
    expect(resolve({ app: "api", servers, reconnect: false })).toMatchObject({
      maxAttempts: 0,
      maxFirstAttempts: 3,
      backoff: { minDelayMs: 100, maxDelayMs: 10_000 },
    });
  });
});

describe("what makes no sense is refused by name", () => {
  it.each<[string, object]>([
    ["app", {}],
    ["app", { app: "" }],
    ["app", { servers: "localhost:4567" }],
    ["servers", { app: "api", servers: [] }],
    ["port", { app: "api", servers: ["a", "b:0"] }],
    ["encoding", { app: "api", encoding: "etf" }],
    ["encoding", { servers: "singyeong://api@h?encoding=xml" }],
    ...["minDelayMs", "maxDelayMs"].flatMap((name) => refused(name, (value) => ({ reconnect: { [name]: value } }))),
    ...["maxMessages", "maxBytes", "maxAgeMs"].flatMap((name) =>
      refused(name, (value) => ({ outbox: { [name]: value } })),
    ),
    ...refused("connectTimeoutMs", (connectTimeoutMs) => ({ connectTimeoutMs })),
  ])("%s: %j", (name, options) => {
    expect(() => resolve(options)).toThrow(
      expect.objectContaining({ code: "client/invalid-options", message: expect.stringContaining(name) }),
    );
  });

  it("without showing a password", () => {
    const options = { servers: "singyeong://api:secret@h:0" };
    expect(() => resolve(options)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("secret") }));
  });
});

/** Numbers that no bound can be. */
function refused(name: string, options: (value: unknown) => object): [string, object][] {
  return [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, "10"].map((value) => [name, { app: "api", ...options(value) }]);
}
