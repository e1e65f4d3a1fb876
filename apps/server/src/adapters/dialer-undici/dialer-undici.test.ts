import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { requestOf, startDialer, targetAt } from "./dialer-undici.kit.ts";

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** A request as the server saw it, answered with it. */
const echo: Parameters<ReturnType<typeof startDialer>["serve"]>[0] = async (req, res) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method, url, rawHeaders } = req;
  res.end(JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() }));
};

describe("a request", () => {
  it("arrives as it was given, its fields in order", async () => {
    await using world = startDialer();
    const target = await world.serve(echo);
    const headers = [
      ["x-a", "1"],
      ["accept", "x"],
      ["x-a", "2"],
      ["x-text", "żółw"],
    ] as const;
    const { status, body } = await world.ask(target, { method: "DELETE", path: "/a%2F?b=c", headers });
    const seen = JSON.parse(body);
    expect(status).toBe(200);
    expect(seen).toMatchObject({ method: "DELETE", url: "/a%2F?b=c", body: "" });
    const text = Buffer.from("żółw").toString("latin1");
    expect(seen.rawHeaders).toEqual([
      ...["host", `127.0.0.1:${target.port}`, "connection", "keep-alive"],
      ...["x-a", "1", "accept", "x", "x-a", "2", "x-text", text],
    ]);
  });

  it.each([
    ["bytes", Buffer.from("body"), null, "content-length"],
    ["a stream of known length", () => pieces("bo", "dy"), 4, "content-length"],
    ["a stream of unknown length", () => pieces("bo", "dy"), null, "transfer-encoding"],
  ] as const)("carries %s", async (_, body, length, framing) => {
    await using world = startDialer();
    const target = await world.serve(echo);
    for (const method of ["POST", "DELETE"]) {
      const given = typeof body === "function" ? body() : body;
      const reply = await world.ask(target, { method, body: given, length });
      const seen = JSON.parse(reply.body);
      expect(seen.body).toBe("body");
      expect(seen.rawHeaders).toContain(framing);
    }
  });

  it("says that its body is empty where a method has one", async () => {
    await using world = startDialer();
    const target = await world.serve(echo);
    const seen = JSON.parse((await world.ask(target, { method: "POST" })).body);
    expect(seen.rawHeaders.slice(-2)).toEqual(["content-length", "0"]);
  });

  it.each([
    [5, ["bod"]],
    [2, ["body"]],
  ])("whose stream is not as long as it says (%i) is not taken for a whole one", async (length, texts) => {
    await using world = startDialer();
    let isWhole = false;
    const target = await world.serve((req) => {
      req.on("end", () => {
        isWhole = true;
      });
      req.on("error", () => {});
      req.resume();
    });
    const { failure } = await world.ask(target, { method: "POST", body: pieces(...texts), length });
    expect(failure).not.toBeNull();
    expect(isWhole).toBe(false);
  });

  it("whose body fails is not taken for a whole one", async () => {
    await using world = startDialer();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const target = await world.serve((req) => {
      req.on("error", () => {});
      req.on("close", () => resolve(req.complete));
      req.resume();
    });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("half");
      throw new Error("the peer went away");
    }
    const { failure } = await world.ask(target, { method: "POST", body: broken() });
    expect(failure?.reach).toBe("target");
    expect(await promise).toBe(false);
  });

  it("cannot be made into two by what is in it", async () => {
    await using world = startDialer();
    let requests = 0;
    const target = await world.serve((_, res) => {
      requests++;
      res.end();
    });
    const injected = "a\r\n\r\nGET /second HTTP/1.1\r\nhost: x\r\n\r\n";
    for (const request of [
      { path: `/${injected}` },
      { method: `GET ${injected}` },
      { headers: [["x", injected]] as const },
      { headers: [[injected, "x"]] as const },
      { headers: [["transfer-encoding", "chunked"]] as const },
      { headers: [["host", "twice"]] as const },
    ]) {
      const { failure } = await world.ask(target, request);
      expect(failure?.reach).toBe("nothing");
    }
    expect(requests).toBe(0);
  });
});

describe("an answer", () => {
  it("comes as it is, its fields in order and apart", async () => {
    await using world = startDialer();
    const target = await world.serve((_, res) => {
      res.writeHead(418, ["Set-Cookie", "a=1", "X-B", "2", "set-cookie", "b=2", "content-encoding", "gzip"]);
      res.write("not ");
      res.end("gzip");
    });
    const { status, headers, body } = await world.ask(target);
    expect(status).toBe(418);
    expect(headers.filter(([name]) => /cookie|x-b|encoding/.test(name))).toEqual([
      ["set-cookie", "a=1"],
      ["x-b", "2"],
      ["set-cookie", "b=2"],
      ["content-encoding", "gzip"],
      ["transfer-encoding", "chunked"],
    ]);
    expect(body).toBe("not gzip");
  });

  it("of HEAD, 204 and 304 has no body", async () => {
    await using world = startDialer();
    const target = await world.serve((req, res) => {
      if (req.method === "HEAD") res.writeHead(200, { "content-length": "1000" }).end();
      else res.writeHead(Number(req.url!.slice(1))).end();
    });
    expect((await world.ask(target, { method: "HEAD" })).headers).toContainEqual(["content-length", "1000"]);
    for (const status of [204, 304])
      expect(await world.ask(target, { path: `/${status}` })).toMatchObject({ status, body: "" });
  });

  it("comes once, however many others announce it", async () => {
    await using world = startDialer();
    const target = await world.speak((socket) => {
      const hints = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
      socket.once("data", () => socket.write(`${hints}${hints}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi`));
    });
    expect(await world.ask(target)).toMatchObject({ status: 200, body: "hi", failure: null });
  });

  it("is passed on in the moment in which it comes", async () => {
    await using world = startDialer();
    const { promise, resolve } = Promise.withResolvers<void>();
    const target = await world.serve(async (_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
      await promise;
      res.end("data: 2\n\n");
    });
    const events: string[] = [];
    const ended = new Promise<void>((done) => {
      world.dialer.send(target, requestOf(target), {
        head() {},
        data(chunk) {
          events.push(Buffer.from(chunk).toString());
          // The second event is not sent before the first has come.
          resolve();
        },
        end: done,
        failed: ({ reason }) => events.push(reason),
      });
    });
    await ended;
    expect(events.join("")).toBe("data: 1\n\ndata: 2\n\n");
  });

  it.each([
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi!"],
    [
      "length and chunks",
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
    ["too large a head", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`],
    ["a status beyond all", "HTTP/1.1 777 Odd\r\ncontent-length: 0\r\n\r\n"],
  ])("that is none (%s) is a bad response", async (_, text) => {
    await using world = startDialer();
    const target = await world.speak((socket) => socket.once("data", () => socket.write(text)));
    expect((await world.ask(target)).failure?.code).toBe("proxy/bad-response");
  });

  it("that breaks off is not taken for a whole one", async () => {
    await using world = startDialer();
    for (const framing of ["content-length: 10", "transfer-encoding: chunked"]) {
      const target = await world.speak((socket) =>
        socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n2\r\nhi\r\n`)),
      );
      expect((await world.ask(target)).failure?.reach).toBe("answer");
    }
  });

  it("waits in the target while nobody takes it", async () => {
    await using world = startDialer();
    const size = 64 * 1024 * 1024;
    let written = 0;
    const target = await world.serve(async (_, res) => {
      const chunk = Buffer.alloc(65_536);
      while (written < size) {
        written += chunk.length;
        if (!res.write(chunk)) await once(res, "drain");
      }
      res.end();
    });
    const began = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let received = 0;
    let came = 0;
    const sending = world.dialer.send(target, requestOf(target), {
      head: () => sending.pause(),
      data(chunk) {
        received += chunk.length;
        came++;
        began.resolve();
      },
      end: ended.resolve,
      failed: () => ended.reject(new Error("failed")),
    });
    // What the operating system holds is all that can be on its way: another connection's request is served meanwhile.
    for (let i = 0; i < 20; i++) await world.ask(await world.serve(echo));
    expect(came).toBeLessThanOrEqual(2);
    expect(written).toBeLessThan(size / 2);
    sending.resume();
    await began.promise;
    await ended.promise;
    expect(received).toBe(size);
  });
});

describe("a target that is not there", () => {
  it("is told by the system's name for it, and nothing was sent", async () => {
    await using world = startDialer();
    const gone = await world.serve(echo);
    await using other = startDialer();
    await world[Symbol.asyncDispose]();
    expect((await other.ask(targetAt(gone.port))).failure).toEqual({
      code: "proxy/unreachable",
      reason: ":econnrefused",
      reach: "nothing",
    });
  });

  it("is given up in time where it takes connections and does not speak TLS", async () => {
    await using world = startDialer(200);
    const target = await world.speak(() => {});
    const { failure } = await world.ask({ ...target, secure: true, serverName: "silent.example" });
    expect(failure).toEqual({ code: "proxy/timeout", reason: ":connect_timeout", reach: "nothing" });
  });

  it("is told where it closes instead of answering", async () => {
    await using world = startDialer();
    const target = await world.speak((socket) => socket.once("data", () => socket.destroy()));
    expect((await world.ask(target)).failure).toMatchObject({ code: "proxy/unreachable", reach: "target" });
  });

  it("has no name", async () => {
    await using world = startDialer();
    await expect(world.dialer.resolve("nowhere.invalid")).rejects.toThrow();
    expect(await world.dialer.resolve("localhost")).toContain("127.0.0.1");
  });
});

describe("a request that is called off", () => {
  it("is cut at the target, and nothing is told", async () => {
    await using world = startDialer();
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const target = await world.serve((req) => {
      arrived.resolve();
      req.on("close", resolve);
    });
    const told: string[] = [];
    const tell = (what: string) => (): void => void told.push(what);
    const sending = world.dialer.send(target, requestOf(target), {
      head: tell("head"),
      data: tell("data"),
      end: tell("end"),
      failed: tell("failed"),
    });
    await arrived.promise;
    sending.abort();
    sending.abort();
    await promise;
    expect(told).toEqual([]);
  });

  it("before it was sent never is", async () => {
    await using world = startDialer();
    let requests = 0;
    const target = await world.serve((_, res) => {
      requests++;
      res.end();
    });
    const nothing = { head() {}, data() {}, end() {}, failed() {} };
    world.dialer.send(target, requestOf(target, { path: "/off" }), nothing).abort();
    await world.ask(target);
    expect(requests).toBe(1);
  });
});

it("connections are used again", async () => {
  await using world = startDialer();
  const ports = new Set<number | undefined>();
  const target = await world.serve((req, res) => {
    ports.add(req.socket.remotePort);
    res.end();
  });
  for (let i = 0; i < 20; i++) await world.ask(target);
  // A connection rests for a turn of the event loop: there may be a second beside it.
  expect(ports.size).toBeLessThanOrEqual(2);
});
