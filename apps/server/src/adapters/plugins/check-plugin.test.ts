import { describe, expect, it } from "vitest";
import { findProblem } from "./check-plugin.ts";

const base = { name: "a", version: "1.0.0" };

describe("a plugin's definition", () => {
  it("is right with a name and a version, and with everything", () => {
    expect(findProblem(base)).toBeNull();
    const all = {
      ...base,
      name: "@scope/my-plugin_2",
      needs: ["b", "c@^1.2.0"],
      after: ["d"],
      before: [],
      order: -1,
      settings() {},
      load() {},
      auth() {},
      events: { PING() {} },
      onDispatch() {},
      directions: ["in"],
      onConnect() {},
      onDisconnect() {},
      onMetadata() {},
      routes: [{ method: "GET", path: "/a/:id", open: true, handle() {} }],
      undo: undefined,
    };
    expect(findProblem(all)).toBeNull();
    expect(findProblem({ ...base, events: ["PING"], onEvent() {} })).toBeNull();
    expect(findProblem({ ...base, settings: { "~standard": {} } })).toBeNull();
  });

  it.each([
    [undefined, "has no plugin: its default export is to be definePlugin({ name, version, … })"],
    [() => {}, "has no plugin: its default export is to be definePlugin({ name, version, … })"],
    [{ version: "1.0.0" }, "has no plugin: its default export is to be definePlugin({ name, version, … })"],
    [{ name: "a" }, "has no version"],
    [{ ...base, version: "1" }, "version is to be a version such as 1.2.3"],
    [
      { ...base, name: "A" },
      "name is to be a name of a-z, 0-9, - and _, beginning with a letter, of at most 64 characters",
    ],
    [{ ...base, onEvnt() {} }, "onEvnt is nothing that a plugin has"],
    [{ ...base, constructor: 1 }, "constructor is nothing that a plugin has"],
    [{ ...base, onConnect: 1 }, "onConnect is to be a function"],
    [{ ...base, order: "first" }, "order is to be a number"],
    [{ ...base, needs: ["b@~1"] }, 'needs is to be a list of plugins, such as audit or audit@^1.2.0; "b@~1" is none'],
    [{ ...base, events: { PING: 1 } }, 'events is to be a map of functions; "PING" is none'],
    [{ ...base, events: [""], onEvent() {} }, 'events is to be a list of names of events; "" is none'],
    [{ ...base, events: ["PING"] }, "events is a list of names, so it needs onEvent"],
    [{ ...base, onEvent() {} }, "onEvent needs events to be a list of names"],
    [{ ...base, directions: ["in"] }, "directions needs onDispatch"],
    [
      { ...base, routes: [{ method: "GET", path: "/a/../b", handle() {} }] },
      "routes is to be a list of routes; number 1 is not of a path such as /audit/:id",
    ],
    [
      { ...base, routes: [{ method: "get", path: "/a", handle() {} }] },
      "routes is to be a list of routes; number 1 is not of a method of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, *",
    ],
    [
      { ...base, routes: [{ method: "GET", path: "/a" }] },
      "routes is to be a list of routes; number 1 is not with a function `handle`",
    ],
    [{ ...base, settings: 7 }, "settings is to be a function, or a Standard Schema"],
  ])("%j: %s", (given, problem) => {
    expect(findProblem(given)).toBe(problem);
  });
});
