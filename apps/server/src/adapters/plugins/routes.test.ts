import type { PluginRoute } from "@singyeong/plugin";
import { describe, expect, it } from "vitest";
import type { HookRequest } from "../../ports/hooks.ts";
import { createTestHost, forever } from "./plugins.kit.ts";

const tell =
  (tag: string): PluginRoute["handle"] =>
  (_request, { params }) =>
    Response.json([tag, params]);

const request = (more: Partial<HookRequest> = {}): HookRequest => ({
  origin: "http://127.0.0.1:4567",
  method: "GET",
  path: "/x",
  query: "",
  peer: "192.0.2.1",
  headers: [],
  body: new Uint8Array(),
  signal: new AbortController().signal,
  ...more,
});

function host(...routes: PluginRoute[]) {
  const { hooks, ...rest } = createTestHost([{ name: "a", routes }]);
  async function ask(method: string, path: string): Promise<unknown> {
    const answer = await hooks.findRoute(method, path)?.answer(request({ method, path }));
    if (answer === undefined) return null;
    return answer.ok ? new Response(answer.body).json() : answer.reason;
  }
  return { ...rest, hooks, ask };
}

describe("routes of plugins", () => {
  it("are found by method and path, exact ones first, wherever they are listed", async () => {
    const { ask } = host(
      { method: "GET", path: "/a/:id", handle: tell("param") },
      { method: "GET", path: "/a/b", handle: tell("exact") },
      { method: "GET", path: "/:x/:y", handle: tell("both") },
      { method: "*", path: "/any", handle: tell("any") },
      { method: "POST", path: "/any", handle: tell("post") },
    );
    expect(await ask("GET", "/a/b")).toEqual(["exact", {}]);
    expect(await ask("GET", "/a/c%20d")).toEqual(["param", { id: "c d" }]);
    expect(await ask("GET", "/b/c")).toEqual(["both", { x: "b", y: "c" }]);
    expect(await ask("PUT", "/any")).toEqual(["any", {}]);
    expect(await ask("POST", "/any")).toEqual(["post", {}]);
    expect(await ask("HEAD", "/a/b")).toEqual(["exact", {}]);
    expect(await ask("POST", "/a/b")).toBeNull();
    expect(await ask("GET", "/a")).toBeNull();
    expect(await ask("GET", "/A/b/")).toBeNull();
  });

  it.each([
    "",
    "/",
    "x",
    "//x",
    "/x/",
    "/p//x",
    "/p/.",
    "/p/..",
    "/p/%2e%2e",
    "/p/%2E.",
    "/p/a%2fb",
    "/p/a%2Fb",
    "/p/a%5cb",
    "/p/a\\b",
    "/p/a%00",
    "/p/a\0",
    "/p/a%0ab",
    "/p/%",
    "/p/%ff",
    "/p/é",
    "/p/a b",
    "/p/..;/x",
    "/../x",
  ])("are not found at %j, which could mean another path", (path) => {
    const { hooks } = host(
      { method: "GET", path: "/p/:id", handle: tell("p") },
      { method: "GET", path: "/x", handle: tell("x") },
    );
    expect(hooks.findRoute("GET", path)).toBeNull();
  });

  it("have names of every kind as parameters, and no prototype among them", async () => {
    const { ask } = host({ method: "GET", path: "/:__proto__/:constructor", handle: tell("x") });
    expect(await ask("GET", "/a/b")).toEqual(["x", JSON.parse('{"__proto__": "a", "constructor": "b"}')]);
  });

  it("are not found for methods that no request may have", () => {
    const { hooks } = host({ method: "*", path: "/x", handle: tell("x") });
    for (const method of ["CONNECT", "TRACE", "TRACK", "*"]) expect(hooks.findRoute(method, "/x")).toBeNull();
  });

  it("ask for a password unless they are open", () => {
    const { hooks } = host(
      { method: "GET", path: "/a", handle: tell("a") },
      { method: "GET", path: "/b", open: true, handle: tell("b") },
    );
    expect([hooks.findRoute("GET", "/a")?.open, hooks.findRoute("GET", "/b")?.open]).toEqual([false, true]);
  });

  it("get a request as the web has it, and the peer's address", async () => {
    let seen: unknown;
    const { hooks } = host({
      method: "POST",
      path: "/x",
      async handle(given, { peer, signal }) {
        const { method, url, headers, body } = given;
        seen = [method, url, headers.get("a"), await given.text(), body !== null, peer, signal.aborted];
        return new Response("made", {
          status: 201,
          headers: [
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ],
        });
      },
    });
    const answer = await hooks.findRoute("POST", "/x")!.answer(
      request({
        method: "POST",
        query: "a=1",
        headers: [
          ["a", "1"],
          ["a", "2"],
          ["bad name", "x"],
        ],
        body: Buffer.from("hello"),
      }),
    );
    expect(seen).toEqual([
      "POST",
      "http://127.0.0.1:4567/api/v1/plugin/x?a=1",
      "1, 2",
      "hello",
      true,
      "192.0.2.1",
      false,
    ]);
    expect(answer).toMatchObject({ ok: true, status: 201 });
    expect(answer.ok && answer.headers).toContainEqual(["set-cookie", "b=2"]);
  });

  it("fail where they throw, take too long, or answer with what is no response", async () => {
    const used = Response.json(1);
    await used.text();
    const { ask, after, failures } = host(
      { method: "GET", path: "/throws", handle: () => Promise.reject(new Error("secret")) },
      { method: "GET", path: "/hangs", handle: forever },
      { method: "GET", path: "/text", handle: () => "text" as unknown as Response },
      { method: "GET", path: "/error", handle: () => Response.error() },
      {
        method: "GET",
        path: "/forged",
        handle: () => Object.defineProperty(new Response(), "status", { value: 101 }),
      },
      { method: "GET", path: "/used", handle: () => used },
    );
    expect(await ask("GET", "/throws")).toBe("plugin a failed");
    expect(await after(100, ask("GET", "/hangs"))).toBe("plugin a took too long");
    for (const path of ["/text", "/error", "/forged", "/used"]) expect(await ask("GET", path)).toBe("plugin a failed");
    expect(failures).toEqual(
      ["threw", "timeout", "invalid", "invalid", "invalid", "invalid"].map((why) => `a routes ${why}`),
    );
  });

  it("are told when who asked has gone", async () => {
    const gone = new AbortController();
    const { hooks } = host({
      method: "GET",
      path: "/x",
      handle: (given) =>
        new Promise((resolve) => given.signal.addEventListener("abort", () => resolve(Response.json("gone")))),
    });
    const answer = hooks.findRoute("GET", "/x")!.answer(request({ signal: gone.signal }));
    gone.abort();
    expect(await answer).toMatchObject({ ok: true });
  });

  it("are of one plugin alone", () => {
    const route = (path: string): PluginRoute => ({ method: "GET", path, handle: tell("x") });
    expect(() =>
      createTestHost([
        { name: "a", routes: [route("/x/:one")] },
        { name: "b", routes: [route("/x/:other")] },
      ]),
    ).toThrow("plugin b: GET /x/:other is a route of a already");
  });
});
