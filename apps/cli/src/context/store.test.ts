import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configFolder } from "./folder.ts";
import { type ContextStore, createContextStore } from "./store.ts";

let base: string;
let store: ContextStore;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sg-contexts-"));
  store = createContextStore(join(base, "singyeong"), "linux");
});
afterEach(() => rmSync(base, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("contexts", () => {
  it("are read back as they were written", () => {
    const context = { server: "localhost:4567", auth: "pässword", encoding: "msgpack", description: "mine" } as const;
    store.write("home", context);
    store.write("away", { server: "a.example" });
    expect(store.names()).toEqual(["away", "home"]);
    expect(store.read("home")).toEqual(context);
  });

  it("are for their owner alone, whatever the umask and the folders before", () => {
    mkdirSync(join(base, "singyeong"), { mode: 0o755 });
    store.write("home", { server: "a", auth: "b" });
    expect(modeOf(store.path("home"))).toBe(0o600);
    expect([modeOf(store.folder), modeOf(join(store.folder, "contexts"))]).toEqual([0o700, 0o700]);
  });

  it("are written whole, over what was there, and leave no drafts", () => {
    store.write("home", { server: "a" });
    chmodSync(store.path("home"), 0o644);
    store.write("home", { server: "b" });
    expect(store.read("home")).toEqual({ server: "b" });
    expect(modeOf(store.path("home"))).toBe(0o600);
    expect(readdirSync(join(store.folder, "contexts"))).toEqual(["home.json"]);
  });

  it("are refused where others can read the password in them", () => {
    store.write("home", { server: "a", auth: "b" });
    chmodSync(store.path("home"), 0o640);
    expect(store.isExposed("home")).toBe(true);
    expect(() => store.read("home")).toThrow(
      expect.objectContaining({
        code: "cli/context-exposed",
        advice: `Make it yours alone: chmod 600 ${store.path("home")}`,
      }),
    );
  });

  it("are refused likewise where the password stands in the address", () => {
    store.write("home", { server: "singyeong://app:b@a" });
    chmodSync(store.path("home"), 0o640);
    expect(() => store.read("home")).toThrow(expect.objectContaining({ code: "cli/context-exposed" }));
  });

  it("without a password may be read by others", () => {
    store.write("home", { server: "a" });
    chmodSync(store.path("home"), 0o644);
    expect(store.read("home")).toEqual({ server: "a" });
  });

  it("are selected one at a time, until they are removed", () => {
    expect(store.selected()).toBeNull();
    store.write("home", { server: "a" });
    store.select("home");
    expect(store.selected()).toBe("home");
    store.remove("home");
    expect([store.selected(), store.names()]).toEqual([null, []]);
  });

  it.each(["", "../x", "a/b", ".hidden", "a b", "x".repeat(65)])('have no name like "%s"', (name) => {
    expect(() => store.write(name, { server: "a" })).toThrow("is no name for a context");
  });

  it("that are not there are told with those that are", () => {
    store.write("home", { server: "a" });
    for (const act of [() => store.read("hom"), () => store.select("hom"), () => store.remove("hom")])
      expect(act).toThrow(expect.objectContaining({ code: "cli/no-context", advice: "There are home." }));
  });

  it.each([
    ["{", "it is no JSON"],
    ["[]", "it is no map"],
    ["{}", '"server" is missing'],
    ['{"server":"a","colour":"red"}', '"colour" is none of server, auth, encoding, ca, description'],
    ['{"server":1}', '"server" is no text'],
    ['{"server":"a","encoding":"etf"}', '"encoding" is neither json nor msgpack'],
  ])("that hold %s are refused", (content, problem) => {
    store.write("home", { server: "a" });
    writeFileSync(store.path("home"), content);
    expect(() => store.read("home")).toThrow(
      expect.objectContaining({ code: "cli/context-broken", message: expect.stringContaining(problem) }),
    );
  });

  it("are files that can be read", () => {
    store.write("home", { server: "a" });
    expect(readFileSync(store.path("home"), "utf8")).toBe('{\n  "server": "a"\n}\n');
  });
});

describe("the folder of contexts", () => {
  it.each([
    ["linux", {}, "/home/me/.config/singyeong"],
    ["darwin", { XDG_CONFIG_HOME: "/x" }, "/x/singyeong"],
    ["linux", { XDG_CONFIG_HOME: "relative" }, "/home/me/.config/singyeong"],
    ["win32", { APPDATA: "C:\\Me\\Roaming" }, "C:\\Me\\Roaming\\singyeong"],
  ] as const)("on %s with %o is %s", (platform, env, folder) => {
    expect(configFolder({ platform, env, homeFolder: "/home/me" })).toBe(folder);
  });
});
