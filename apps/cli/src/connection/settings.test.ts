import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContextStore, createContextStore } from "../context/store.ts";
import type { GlobalOptions } from "../options/global-options.ts";
import { resolveConnection } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "sg-settings-"));
let store: ContextStore;

beforeAll(() => {
  store = createContextStore(folder, "linux");
  store.write("home", { server: "home:1", auth: "home-password", encoding: "msgpack" });
  store.write("open", { server: "open:1" });
  store.select("home");
});
afterAll(() => rmSync(folder, { recursive: true }));

const none: GlobalOptions = {
  server: undefined,
  context: undefined,
  auth: undefined,
  authFile: undefined,
  ca: undefined,
  encoding: undefined,
  timeout: 1000,
  json: false,
};

function resolve(options: Partial<GlobalOptions>, env: Record<string, string> = {}, stdin = "") {
  return resolveConnection({ ...none, ...options }, { env, stdin: Readable.from([stdin]) }, store);
}

describe("where the server is", () => {
  it("is what flags say before the environment before the selected context", async () => {
    const env = { SINGYEONG_SERVER: "env:1" };
    expect((await resolve({ server: "flag:1" }, env)).server).toBe("flag:1");
    expect((await resolve({ context: "open" }, env)).server).toBe("open:1");
    expect((await resolve({}, env)).server).toBe("env:1");
    expect((await resolve({}, { SINGYEONG_CONTEXT: "open" })).server).toBe("open:1");
    expect(await resolve({})).toEqual({
      server: "home:1",
      auth: "home-password",
      encoding: "msgpack",
      context: "home",
      serverSource: 'the context "home"',
      authSource: 'the context "home"',
    });
  });

  it("is this machine where nothing is said", async () => {
    store.select(null);
    expect(await resolve({})).toMatchObject({ server: "localhost:4567", auth: undefined, authSource: null });
    store.select("home");
  });

  it("cannot be said twice", async () => {
    await expect(resolve({ server: "a", context: "home" })).rejects.toThrow("give one");
  });
});

describe("the password", () => {
  it("of a context goes to its own server and to no other", async () => {
    expect((await resolve({ server: "other:1" })).auth).toBeUndefined();
    expect((await resolve({}, { SINGYEONG_SERVER: "other:1" })).auth).toBeUndefined();
  });

  it("is what flags say before --context before the environment before the selected context", async () => {
    const env = { SINGYEONG_AUTH: "env" };
    expect(await resolve({ auth: "flag", context: "home" }, env)).toMatchObject({ auth: "flag", authSource: "--auth" });
    expect((await resolve({ context: "home" }, env)).auth).toBe("home-password");
    expect(await resolve({}, env)).toMatchObject({ server: "home:1", auth: "env", authSource: "SINGYEONG_AUTH" });
    expect((await resolve({ context: "open" }, env)).auth).toBe("env");
    expect((await resolve({ server: "flag:1" }, env)).auth).toBe("env");
  });

  it("is the first line of a file, or of standard input", async () => {
    const file = join(folder, "password");
    writeFileSync(file, "s3cret\r\nmore");
    expect(await resolve({ authFile: file })).toMatchObject({ auth: "s3cret", authSource: "--auth-file" });
    expect((await resolve({ authFile: "-" }, {}, "piped\n")).auth).toBe("piped");
  });

  it("is refused where there is none, or two", async () => {
    await expect(resolve({ authFile: "-" }, {}, "\n")).rejects.toThrow("standard input holds no password");
    await expect(resolve({ authFile: "/nonexistent" })).rejects.toThrow("cannot be read");
    await expect(resolve({ auth: "a", authFile: "b" })).rejects.toThrow("give one");
  });
});
