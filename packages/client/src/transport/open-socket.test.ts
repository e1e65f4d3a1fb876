import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket as TcpSocket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { openSocket } from "./open-socket.ts";
import type { Socket, SocketRequest } from "./socket.ts";

let server: WebSocketServer;
let url: string;
const opened: Socket[] = [];

beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/gateway" });
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gateway`;
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.abandon();
  for (const peer of server.clients) peer.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** What a socket tells, to be waited for in the order it comes. */
function open(request: Partial<SocketRequest> = {}, by = openSocket) {
  const told: unknown[][] = [];
  let wake = (): void => {};
  const tell = (...event: unknown[]): void => {
    told.push(event);
    wake();
  };
  const socket = by(
    { url, headers: null, tls: null, ...request },
    { message: (data) => tell("message", data), ended: (code, problem) => tell("ended", code, problem) },
  );
  opened.push(socket);
  let read = 0;
  const next = async (): Promise<unknown[]> => {
    while (told.length === read) await new Promise<void>((resolve) => (wake = resolve));
    return told[read++]!;
  };
  return { socket, told, next };
}

async function accept(): Promise<{ readonly peer: WebSocket; readonly request: IncomingMessage }> {
  const [peer, request] = (await once(server, "connection")) as [WebSocket, IncomingMessage];
  return { peer, request };
}

/** A TCP server that does with each connection what it is told. */
async function listen(serve: (socket: TcpSocket) => void): Promise<{ readonly tcp: Server; readonly at: string }> {
  const tcp = createServer(serve);
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  return { tcp, at: `ws://127.0.0.1:${(tcp.address() as AddressInfo).port}` };
}

describe("a socket on Node.js", () => {
  it("carries text and bytes both ways, in order", async () => {
    const { socket, next } = open();
    const { peer } = await accept();
    peer.send("hello");
    expect(await next()).toEqual(["message", "hello"]);
    const got: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      peer.on("message", (data: Buffer, isBinary) => {
        if (got.push(isBinary ? new Uint8Array(data) : data.toString()) === 3) resolve();
      });
    });
    socket.send("one");
    socket.send(new Uint8Array([2]));
    socket.send("three");
    await all;
    expect(got).toEqual(["one", new Uint8Array([2]), "three"]);
    peer.send(new Uint8Array([1, 2, 3]));
    expect(await next()).toEqual(["message", new Uint8Array([1, 2, 3])]);
  });

  it("gives bytes that are the receiver's to keep", async () => {
    const { next } = open();
    const { peer } = await accept();
    const sent = Array.from({ length: 20 }, (_, i) => new Uint8Array(100).fill(i));
    for (const data of sent) peer.send(data);
    const got: unknown[] = [];
    for (const _ of sent) got.push((await next())[1]);
    expect(got).toEqual(sent);
  });

  it("asks with the headers it was given", async () => {
    open({ headers: { "x-trace": "17", authorization: "secret" } });
    const { request } = await accept();
    expect(request.headers).toMatchObject({ "x-trace": "17", authorization: "secret" });
  });

  it("tells of the peer's end, with its code and reason", async () => {
    const { next } = open();
    const { peer } = await accept();
    peer.close(4000, "enough");
    expect(await next()).toEqual(["ended", 4000, "enough"]);
  });

  it("tells of a connection that is cut", async () => {
    const { next } = open();
    (await accept()).peer.terminate();
    expect(await next()).toEqual(["ended", 1006, ""]);
  });

  it("says farewell, and then tells of its end", async () => {
    const { socket, next } = open();
    const { peer } = await accept();
    const closed = once(peer, "close");
    peer.send("hello");
    await next();
    socket.close();
    expect((await next()).slice(0, 2)).toEqual(["ended", 1000]);
    expect((await closed)[0]).toBe(1000);
    socket.send("late");
  });

  it("sends what it was given before its farewell", async () => {
    const { socket, next } = open();
    const { peer } = await accept();
    peer.send("hello");
    await next();
    const message = once(peer, "message");
    socket.send("last");
    socket.close();
    expect(String((await message)[0])).toBe("last");
  });

  it("is cut when it is let go, and calls nobody", async () => {
    const { socket, told } = open();
    const { peer } = await accept();
    const closed = once(peer, "close");
    peer.send("unread");
    socket.abandon();
    socket.send("late");
    expect((await closed)[0]).toBe(1006);
    expect(told).toEqual([]);
  });

  it("knows what waits in it while its peer does not read", async () => {
    const { socket, next } = open();
    const { peer } = await accept();
    peer.send("hello");
    await next();
    peer.pause();
    for (let i = 0; i < 32; i++) socket.send("x".repeat(1024 * 1024));
    expect(socket.bufferedBytes).toBeGreaterThan(1024 * 1024);
  });
});

describe("a socket that never opens", () => {
  it("tells of its end where nobody listens, and why", async () => {
    const { tcp, at } = await listen(() => {});
    await new Promise((resolve) => tcp.close(resolve));
    const [what, code, problem] = await open({ url: at }).next();
    expect([what, code]).toEqual(["ended", 1006]);
    expect(problem).toContain("ECONNREFUSED");
  });

  it("tells of its end and why where none of a name's addresses listens", async () => {
    const { tcp } = await listen(() => {});
    const { port } = tcp.address() as AddressInfo;
    await new Promise((resolve) => tcp.close(resolve));
    const [what, code, problem] = await open({ url: `ws://localhost:${port}/` }).next();
    expect([what, code]).toEqual(["ended", 1006]);
    expect(problem).toContain("ECONNREFUSED");
  });

  it("tells of its end where the server does not speak WebSocket", async () => {
    const [what, code, problem] = await open({ url: `${url}/elsewhere` }).next();
    expect([what, code]).toEqual(["ended", 1006]);
    expect(problem).toMatchObject({ code: "client/unreachable", message: expect.stringContaining(": 400, ") });
  });

  it.each([
    ["503 Service Unavailable", "", "client/unreachable", "too many connections, or shutting down"],
    ["403 Forbidden", "", "client/unreachable", "origin or encoding not allowed"],
    ["503 Busy", "x-singyeong-error: limit/connections", "limit/connections", "too many connections"],
    ["503 Busy", "X-Singyeong-Error: server/draining", "server/draining", "shutting down"],
    ["403 No", "x-singyeong-error: auth/forbidden", "auth/forbidden", "origin or encoding not allowed"],
    ["502 Odd", "x-singyeong-error: client/closed", "client/unreachable", "no WebSocket"],
  ])("says what an answer of %s with %j means", async (status, header, code, meaning) => {
    const { tcp, at } = await listen((socket) => {
      socket.on("error", () => {});
      const lines = [`HTTP/1.1 ${status}`, "content-length: 0", header].filter(Boolean);
      socket.once("data", () => socket.end(`${lines.join("\r\n")}\r\n\r\n`));
    });
    const [, , problem] = await open({ url: `${at}/gateway?encoding=json` }).next();
    const server = at.slice("ws://".length);
    expect(problem).toMatchObject({ code, details: { server, status: Number.parseInt(status, 10) } });
    const { message } = problem as Error;
    expect(message).toMatch(new RegExp(`^cannot connect to ${server}: ${status.slice(0, 3)}, `));
    expect(message).toContain(meaning);
    tcp.close();
  });

  it("tells of its end where the connection is cut before there was an answer", async () => {
    const { tcp, at } = await listen((socket) => socket.destroy());
    expect((await open({ url: at }).next()).slice(0, 2)).toEqual(["ended", 1006]);
    tcp.close();
  });

  it("takes part in no conversation before it is open", () => {
    const { socket } = open();
    socket.send("early");
    expect(socket.bufferedBytes).toBe(0);
  });

  it("ends when it is closed while its server still thinks", async () => {
    const connection = Promise.withResolvers<TcpSocket>();
    const { tcp, at } = await listen(connection.resolve);
    const { socket, next } = open({ url: at });
    const held = await connection.promise;
    socket.close();
    expect((await next())[0]).toBe("ended");
    held.destroy();
    tcp.close();
  });

  it("calls nobody when it is let go while its server still thinks, and cuts the connection", async () => {
    const connection = Promise.withResolvers<TcpSocket>();
    const { tcp, at } = await listen(connection.resolve);
    const { socket, told } = open({ url: at });
    const held = await connection.promise;
    const closed = once(held.resume(), "close");
    socket.abandon();
    await closed;
    expect(told).toEqual([]);
    tcp.close();
  });

  it("calls nobody when it is let go at once", async () => {
    const { socket, told } = open();
    socket.abandon();
    open();
    await accept();
    expect(told).toEqual([]);
  });
});

describe("a socket whose options make no sense", () => {
  it.each<[string, Partial<SocketRequest>]>([
    ["a header's name", { headers: { "bad name": "x" } }],
    ["a header's value", { headers: { trace: "\n" } }],
    ["a certificate", { url: "wss://127.0.0.1:1/", tls: { cert: "no PEM", key: "no PEM" } }],
    ["an address", { url: "ws://127.0.0.1:99999/" }],
  ])("ends, as one that cannot be opened: %s", async (_, request) => {
    const { socket, told, next } = open(request);
    expect(told).toEqual([]);
    const [what, code, problem] = await next();
    expect([what, code]).toEqual(["ended", 1006]);
    expect(problem instanceof Error ? problem.message : problem).toMatch(/./);
    socket.send("late");
    socket.close();
    socket.abandon();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toHaveLength(1);
  });
});

describe("the socket of a runtime that has a good one", () => {
  beforeEach(() => void vi.stubGlobal("Bun", {}));
  afterEach(() => void vi.unstubAllGlobals());

  it("carries text and bytes both ways, and tells of its end", async () => {
    const { socket, next } = open({}, await loadAnew());
    const { peer, request } = await accept();
    expect(request.headers["user-agent"]).not.toBeUndefined();
    const got = once(peer, "message");
    peer.send("hello");
    peer.send(new Uint8Array([1, 2]));
    expect(await next()).toEqual(["message", "hello"]);
    expect(await next()).toEqual(["message", new Uint8Array([1, 2])]);
    socket.send(new Uint8Array([3]));
    expect(new Uint8Array((await got)[0])).toEqual(new Uint8Array([3]));
    peer.close(4000, "enough");
    expect(await next()).toEqual(["ended", 4000, "enough"]);
  });

  it("gives way to the one of the package where headers are asked for", async () => {
    open({ headers: { "x-trace": "17" } }, await loadAnew());
    expect((await accept()).request.headers).toMatchObject({ "x-trace": "17" });
  });

  it("ends where its address makes no sense", async () => {
    const { next } = open({ url: "ws://127.0.0.1:99999/" }, await loadAnew());
    expect((await next()).slice(0, 2)).toEqual(["ended", 1006]);
  });

  it("calls nobody when it is let go at once", async () => {
    const { socket, told } = open({}, await loadAnew());
    socket.abandon();
    open();
    await accept();
    expect(told).toEqual([]);
  });
});

/** The function as it is before anyone called it. */
async function loadAnew(): Promise<typeof openSocket> {
  vi.resetModules();
  return (await import("./open-socket.ts")).openSocket;
}

describe("the first socket of a process, whose package has to be loaded", () => {
  it("opens as any other does, and takes part in no conversation before", async () => {
    const { socket, next } = open({}, await loadAnew());
    socket.send("early");
    expect(socket.bufferedBytes).toBe(0);
    const { peer } = await accept();
    peer.send("hello");
    expect(await next()).toEqual(["message", "hello"]);
  });

  it("ends when it is closed at once, and never connects", async () => {
    const openAnew = await loadAnew();
    const { socket, told, next } = open({}, openAnew);
    socket.close();
    expect(told).toEqual([]);
    expect(await next()).toEqual(["ended", 1000, ""]);
    open({ headers: { "x-second": "1" } }, openAnew);
    expect((await accept()).request.headers).toHaveProperty("x-second");
  });

  it("calls nobody when it is closed and then let go at once, and never connects", async () => {
    const openAnew = await loadAnew();
    const { socket, told } = open({}, openAnew);
    socket.close();
    socket.abandon();
    open({ headers: { "x-second": "1" } }, openAnew);
    expect((await accept()).request.headers).toHaveProperty("x-second");
    expect(told).toEqual([]);
  });

  it("calls nobody when it is let go at once, and never connects", async () => {
    const openAnew = await loadAnew();
    const { socket, told } = open({}, openAnew);
    socket.abandon();
    open({ headers: { "x-second": "1" } }, openAnew);
    expect((await accept()).request.headers).toHaveProperty("x-second");
    expect(told).toEqual([]);
  });
});
