import { Whole } from "@singyeong/protocol";
import { etfCodec, jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { startPlugged } from "./plugins-kit.ts";

const shop = `
  const wait = () => new Promise((resolve) => setImmediate(resolve));
  export default {
    name: "shop",
    version: "1.0.0",
    load: ({ timers, metrics }) => ({ state: { seen: [], sold: metrics.counter("sold", "Sold.") } }),
    events: {
      BUY({ d, client }, { state }) {
        if (d === null) return { error: "buy what?" };
        state.sold.add();
        return { next: [{ event: "SOLD", d: { what: d.what, to: client.id, from: client.metadata.region ?? null } }] };
      },
      async BUY_LATER({ d }) {
        await wait();
        return { next: { event: "SOLD", d } };
      },
      HANG: () => new Promise(() => {}),
      THROW() { throw new Error("secret"); },
    },
    onDispatch({ direction, event, d }) {
      if (d?.payload === "halt me") return { halt: true };
      if (d?.payload === direction + " fails") return { error: "no " + direction };
      if (d?.payload === "change me") return { next: { ...d, payload: "changed " + direction + " " + event } };
      if (d?.payload === "change me later") return wait().then(() => ({ next: { ...d, payload: "changed later" } }));
    },
    onConnect(client, { state }) { state.seen.push("+" + client.id); },
    onDisconnect(client, { send }) { send({ application: "app", ops: [] }, "LEFT", client.id); },
    onMetadata(client, { state }) { state.seen.push(client.id + " " + client.metadata.region); },
    routes: [
      { method: "GET", path: "/seen", handle: (_request, _call, { state }) => Response.json(state.seen) },
      { method: "POST", path: "/echo/:name", open: true, async handle(request, { params }) {
        return new Response(await request.text(), { status: 201, headers: { "x-name": params.name, connection: "close" } });
      } },
      { method: "GET", path: "/stream", open: true, handle: () => new Response(new ReadableStream({
        async start(controller) {
          for (const part of ["a", "b", "c"]) { await wait(); controller.enqueue(new TextEncoder().encode(part)); }
          controller.close();
        },
      })) },
      { method: "GET", path: "/broken", open: true, handle: () => new Response(new ReadableStream({
        pull(controller) { controller.enqueue(new TextEncoder().encode("half")); controller.error(new Error("x")); },
      })) },
      { method: "GET", path: "/large", open: true, handle() {
        let left = 64;
        return new Response(new ReadableStream({
          pull(controller) { if (left-- === 0) controller.close(); else controller.enqueue(new Uint8Array(1 << 20)); },
        }));
      } },
      { method: "GET", path: "/endless", open: true, handle(_request, _call, { send }) {
        return new Response(new ReadableStream({
          pull(controller) { controller.enqueue(new Uint8Array(1024)); },
          cancel() { send({ application: "app", ops: [] }, "CANCELLED", null); },
        }));
      } },
      { method: "GET", path: "/throws", open: true, handle() { throw new Error("secret"); } },
      { method: "POST", path: "/tell", handle(_request, _call, { broadcast, send, query }) {
        const target = { application: "app", ops: [] };
        return Response.json([send(target, "NEWS", 1), broadcast(target, "NEWS", { n: 2 }), query(target).map((one) => one.id)]);
      } },
    ],
  };
`;
const everyone = { application: "app", ops: [] };

describe.each(["uws", "node"] as const)("plugins over real sockets (%s)", (listener) => {
  it("answer events of their own, in the order in which they came", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener });
    const client = await server.identify("a", { metadata: { region: { type: "string", value: "asia" } } });
    client.say("BUY_LATER", { what: "first" });
    client.say("BUY", { what: "tea" });
    expect(await client.next()).toMatchObject({ op: 4, t: "SOLD", d: { what: "first" } });
    expect(await client.next()).toMatchObject({ op: 4, t: "SOLD", d: { what: "tea", to: "a", from: "asia" } });
    client.say("SELL", {});
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "dispatch/unknown-event" } });
  });

  it("fail with op 3, the nonce and a reason without secrets", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener, pluginDeadlineMs: 50 });
    const client = await server.identify("a");
    client.say("BUY", null);
    const error = { code: "plugin/failed", error: "Error processing plugin event BUY" };
    expect(await client.next()).toMatchObject({
      op: 3,
      d: { ...error, extra_info: { reason: "buy what?", undo_errors: [] } },
    });
    client.say("THROW", { nonce: "n" });
    const thrown = await client.next();
    expect(thrown).toMatchObject({ op: 3, d: { nonce: "n", extra_info: { reason: "plugin shop failed" } } });
    expect(JSON.stringify(thrown)).not.toContain("secret");
    client.say("HANG", {});
    client.say("BUY", { what: "tea" });
    expect(await client.next()).toMatchObject({ op: 3, d: { extra_info: { reason: "plugin shop took too long" } } });
    expect(await client.next()).toMatchObject({ t: "SOLD" });
    const metrics = await (await server.ask("/metrics")).text();
    expect(metrics).toContain('singyeong_plugin_errors_total{plugin="shop",hook="onEvent",reason="timeout"} 1');
    expect(metrics).toContain('singyeong_plugin_shop_sold_total{plugin="shop"} 1');
    expect(metrics).toMatch(/singyeong_plugin_hook_seconds_count\{[^}]*hook="onEvent"[^}]*\} 4/);
    expect(metrics).toContain('singyeong_plugin_info{plugin="shop",version="1.0.0"} 1');
  });

  it("look at what passes in both directions: change it, halt it, fail it", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener });
    const [sender, receiver] = [await server.identify("a"), await server.identify("b")];
    const send = (payload: unknown) => sender.say("BROADCAST", { target: everyone, nonce: "n", payload });
    send("halt me");
    send("in fails");
    expect(await sender.next()).toMatchObject({ op: 3, d: { code: "plugin/failed", extra_info: { reason: "no in" } } });
    send("change me");
    expect(await receiver.next()).toMatchObject({ t: "BROADCAST", d: { payload: "changed in BROADCAST" } });
    send("change me later");
    send("plain");
    expect(await receiver.next()).toMatchObject({ d: { payload: "changed later" } });
    expect(await receiver.next()).toMatchObject({ d: { payload: "plain" } });
    send("out fails");
    expect(await receiver.next()).toMatchObject({ op: 3, d: { extra_info: { reason: "no out" } } });
  });

  it.each([jsonCodec, msgpackCodec, etfCodec])(
    "see and change values of every encoding alike ($encoding)",
    async (codec) => {
      const nosy = `export default { name: "nosy", version: "1.0.0", onDispatch({ direction, d }) {
      if (d.payload?.change !== direction) return;
      return { next: { ...d, payload: { ...d.payload, half: d.payload.half + 0.25, seen: typeof d.payload.large } } };
    } }`;
      await using server = await startPlugged({ "nosy.mjs": nosy }, { listener });
      const client = await server.identifyIn(codec, "a");
      const payload = { whole: new Whole(50), half: 0.5, large: 2n ** 62n, text: "é" };
      for (const change of ["none", "in", "out"]) {
        client.say(4, "SEND", { target: everyone, nonce: "n", payload: { ...payload, change } });
        const { op, t, d } = await client.next();
        expect([op, t]).toEqual([4, "SEND"]);
        // What a plugin made of it has no exact floats any more; what nobody touched is as it was.
        const changed = { ...payload, whole: 50, half: 0.75, seen: "bigint" };
        expect(d.payload).toEqual({ ...(change === "none" ? payload : changed), change });
      }
    },
  );

  it("are told who comes, changes and goes, and say things unasked", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener });
    const [a, b] = [await server.identify("a"), await server.identify("b")];
    a.say("UPDATE_METADATA", { region: { type: "string", value: "europe" } });
    a.say("BUY", { what: "tea" });
    expect(await a.next()).toMatchObject({ t: "SOLD", d: { from: "europe" } });
    const told = await server.ask("/api/v1/plugin/tell", { method: "POST" });
    expect(await told.json()).toEqual([true, 2, ["a", "b"]]);
    expect(await b.next()).toMatchObject({ op: 4, t: "NEWS" });
    b.socket.close();
    await b.closed;
    expect(await a.next()).toMatchObject({ t: "NEWS" });
    let left = await a.next();
    // One of the two got the news that were for one alone.
    if (left.t === "NEWS") left = await a.next();
    expect(left).toMatchObject({ t: "LEFT", d: { payload: "b" } });
    const seen = await server.ask("/api/v1/plugin/seen");
    expect(await seen.json()).toEqual(["+a", "+b", "a europe"]);
  });

  it("answer over HTTP, whole and in streams", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener, auth: "pw", maxFrameBytes: 2048 });
    const echo = await server.ask("/api/v1/plugin/echo/a%20b", { method: "POST", body: "hello" });
    expect([echo.status, echo.headers.get("x-name"), await echo.text()]).toEqual([201, "a b", "hello"]);
    const large = await server.ask("/api/v1/plugin/echo/x", { method: "POST", body: "x".repeat(2049) });
    expect([large.status, ((await large.json()) as { code: string }).code]).toEqual([413, "http/body-too-large"]);
    expect(await (await server.ask("/api/v1/plugin/stream")).text()).toBe("abc");
    expect((await (await server.ask("/api/v1/plugin/large")).arrayBuffer()).byteLength).toBe(64 << 20);
    const thrown = await server.ask("/api/v1/plugin/throws");
    expect([thrown.status, await thrown.json()]).toEqual([
      500,
      {
        error: "plugin shop failed",
        code: "plugin/failed",
        extra_info: { reason: "plugin shop failed", undo_errors: [] },
      },
    ]);
    await expect(server.ask("/api/v1/plugin/broken").then((answer) => answer.text())).rejects.toThrow();
    const head = await server.ask("/api/v1/plugin/stream", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("are told that nobody reads a stream any more", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener });
    const client = await server.identify("a");
    const stop = new AbortController();
    const answer = await server.ask("/api/v1/plugin/endless", { signal: stop.signal });
    await answer.body!.getReader().read();
    stop.abort();
    expect(await client.next()).toMatchObject({ t: "CANCELLED" });
  });

  it("have v1's 401 and 404 before their routes", async () => {
    await using server = await startPlugged({ "shop.mjs": shop }, { listener, auth: "pw" });
    const notAuthorized = '{"status":"error","error":"not authorized"}';
    const notFound = '{"code":404,"error":"not found"}';
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await server.ask(`/api/v1/plugin${path}`, init);
      return [answer.status, await answer.text()];
    };
    expect(await ask("/seen")).toEqual([401, notAuthorized]);
    expect(await ask("/seen", { headers: { authorization: "wrong" } })).toEqual([401, notAuthorized]);
    expect(await ask("/seen", { headers: { authorization: "Bearer pw" } })).toEqual([200, "[]"]);
    expect(await ask("/nowhere")).toEqual([404, notFound]);
    expect(await ask("/seen", { method: "POST" })).toEqual([404, notFound]);
    for (const path of [
      "",
      "/",
      "/../seen",
      "//seen",
      "/./seen",
      "/seen/",
      "/%2e%2e/seen",
      "/echo/a%2fb",
      "/echo/%00",
      "/seen%00",
      "/..%2fseen",
    ]) {
      for (const method of ["GET", "POST"]) {
        const answer = await server.askRaw(`/api/v1/plugin${path}`, method);
        expect(answer.split(" ")[1], `${method} ${path}`).toBe("404");
        expect(answer.endsWith(notFound), answer).toBe(true);
      }
    }
  });
});

describe("authentication by plugins", () => {
  const gate = `
    export default {
      name: "gate",
      version: "1.0.0",
      async auth({ secret, over, client }) {
        if (secret === "hang") return new Promise(() => {});
        if (secret === "throw") throw new Error("x");
        if (secret === "banned") return { ok: false, reason: "banned" };
        if (secret === "guest") return "restricted";
        if (secret === "t1") return { ok: true, permissions: { namespace: "t1", identify: ["app"] }, subject: "one" };
        return null;
      },
    };`;

  it("is asked first, and leaves the rest to passwords; nobody gets in without", async () => {
    const logIn = async (settings: object, auth?: string) => {
      await using server = await startPlugged({ "gate.mjs": gate }, { pluginDeadlineMs: 50, ...settings });
      const { ready } = await server.identify("a", auth === undefined ? {} : { auth });
      return [ready.op, ready.d.restricted ?? ready.d.code];
    };
    expect(await logIn({ auth: "pw" }, "pw")).toEqual([2, false]);
    expect(await logIn({ auth: "pw" }, "guest")).toEqual([2, true]);
    expect(await logIn({ auth: "pw" }, "wrong")).toEqual([2, true]);
    expect(await logIn({}, "t1")).toEqual([2, false]);
    // No password is set, and still nobody is trusted whom nobody knows.
    expect(await logIn({})).toEqual([2, true]);
    for (const secret of ["banned", "throw", "hang"]) expect(await logIn({}, secret)).toEqual([8, "auth/failed"]);
  });

  it("holds for HTTP as well", async () => {
    await using server = await startPlugged({ "gate.mjs": gate }, { pluginDeadlineMs: 50 });
    const ask = async (authorization?: string) => {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      return (await server.ask("/api/v1/discovery/tags?q=[]", { headers })).status;
    };
    expect([await ask(), await ask("guest"), await ask("banned"), await ask("hang")]).toEqual([401, 401, 401, 401]);
    expect(await ask("Bearer t1")).toBe(200);
  });
});

describe("a server whose plugins do not load", () => {
  it("does not start, and says why", async () => {
    await expect(startPlugged({ "a.mjs": "export default 7" })).rejects.toThrow("a.mjs: has no plugin");
    const events = "events: { SEND() {} }";
    await expect(
      startPlugged({ "a.mjs": `export default { name: "a", version: "1.0.0", ${events} }` }),
    ).rejects.toThrow("plugin a: SEND is an event of the server");
    await expect(
      startPlugged({
        "a.mjs": `export default { name: "a", version: "1.0.0", load() { throw new Error("no disk"); } }`,
      }),
    ).rejects.toThrow("plugin a did not load: no disk");
  });

  it("starts without any where the folder is empty or not there", async () => {
    await using empty = await startPlugged({});
    await using none = await startPlugged({}, { pluginFolder: "/nowhere/at/all" });
    for (const server of [empty, none]) {
      expect((await server.ask("/api/v1/plugin/x")).status).toBe(404);
      expect((await server.identify("a")).ready).toMatchObject({ op: 2 });
    }
  });
});
