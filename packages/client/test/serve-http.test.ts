import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startCutProxy } from "./cut-proxy.kit.ts";
import { ask, askPlainly, atTheEnd, readText, serve, startServer } from "./serve-http.kit.ts";

const chunk = Uint8Array.from({ length: 100_003 }, (_, i) => i * 31);
/** So many times that, which is more than any buffer on the way holds. */
const chunks = 200;

function streamChunks(count: number, given: (i: number) => void = () => {}): ReadableStream<Uint8Array> {
  let i = 0;
  return new ReadableStream(
    {
      pull(controller) {
        given(i);
        if (i++ < count) controller.enqueue(chunk.slice());
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function digest(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of body) hash.update(part);
  return hash.digest("hex");
}

const expectedDigest = await digest(streamChunks(chunks));

describe.each(["json", "msgpack"] as const)("a client that serves over a connection in %s", (encoding) => {
  const at = (address: string, handler: Parameters<typeof serve>[1], options = {}) =>
    serve(address, handler, { encoding, ...options });

  it("answers what the proxy is asked for, without a port of its own", async () => {
    const address = await startServer();
    await at(address, async (request) => {
      const { method, url, headers } = request;
      const { pathname, search } = new URL(url);
      const about = { method, pathname, search, accept: headers.get("accept"), body: await request.text() };
      return Response.json(about, { status: 203, headers: { "x-kept": "äö 🥨".replace(/[^ -~]/g, "") } });
    });
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const body = method === "GET" || method === "OPTIONS" ? null : "grüezi";
      const answer = await ask(address, "/a%20b?c=d&e", { method, body, headers: { accept: "x/y" } });
      expect([answer.status, await answer.json()]).toEqual([
        203,
        { method, pathname: "/a%20b", search: "?c=d&e", accept: "x/y", body: body ?? "" },
      ]);
    }
  });

  it("answers HEAD, 204 and 304 without a body", async () => {
    const address = await startServer();
    await at(address, (request) =>
      request.method === "HEAD"
        ? new Response("not sent", { headers: { "content-length": "8" } })
        : new Response(null, { status: Number(new URL(request.url).pathname.slice(1)), headers: { etag: '"1"' } }),
    );
    const head = await ask(address, "/", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "8", ""]);
    for (const status of [204, 304]) {
      const answer = await ask(address, `/${status}`);
      expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([status, '"1"', ""]);
    }
  });

  it("has header fields as lists, and none that are between two ends of a connection", async () => {
    const address = await startServer();
    const seen: Record<string, string | null> = {};
    await at(address, (request) => {
      for (const name of ["te", "upgrade", "x-hop", "x-end", "cookie", "host"]) seen[name] = request.headers.get(name);
      const headers = new Headers({ "x-end": "2", "x-hop": "3", connection: "x-hop", "keep-alive": "timeout=9" });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2; Path=/");
      return new Response("", { headers });
    });
    const headers = { te: "trailers", connection: "x-hop", "x-hop": "1", "x-end": "1", cookie: "c=3" };
    const answer = await askPlainly(address, "/", { headers });
    await readText(answer);
    expect(seen).toMatchObject({ te: null, upgrade: null, "x-hop": null, "x-end": "1", cookie: "c=3" });
    expect(seen.host).not.toBeNull();
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2; Path=/"]);
    expect([answer.headers["x-end"], answer.headers["x-hop"]]).toEqual(["2", undefined]);
  });

  it("takes large uploads and gives large downloads, whole", async () => {
    const address = await startServer();
    await at(address, async (request) =>
      request.method === "POST"
        ? new Response(await digest(request.body as never as AsyncIterable<Uint8Array>))
        : new Response(streamChunks(chunks)),
    );
    const up = await ask(address, "/", { method: "POST", body: streamChunks(chunks), duplex: "half" } as RequestInit);
    expect(await up.text()).toBe(expectedDigest);
    const down = await ask(address, "/");
    expect(await digest(down.body as never as AsyncIterable<Uint8Array>)).toBe(expectedDigest);
  });

  it("is held back where whoever asked does not read, which holds up no other request", async () => {
    const address = await startServer();
    let produced = 0;
    await at(address, (request) => {
      if (request.url.endsWith("/other")) return new Response("other");
      const body = streamChunks(100_000, (i) => {
        produced = i;
      });
      return new Response(body);
    });
    const answer = await askPlainly(address, "/");
    answer.pause();
    for (let i = 0; i < 300; i++) expect(await (await ask(address, "/other")).text()).toBe("other");
    // What sockets hold, and what the stream lets be under way.
    expect(produced).toBeLessThan(200);
    answer.destroy();
  });

  it("echoes both ways at once", async () => {
    const address = await startServer();
    await at(address, (request) => new Response(request.body));
    const parts: string[] = [];
    let send: (text: string) => void = () => {};
    let end = (): void => {};
    const answer = await askPlainly(address, "/", { method: "POST" }, (body) => {
      send = (text) => void body.write(text);
      end = () => void body.end();
      body.flushHeaders();
      send("0");
    });
    for await (const part of answer) {
      parts.push(String(part));
      if (parts.length < 5) send(`${parts.length}`);
      else end();
    }
    expect(parts).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("sends events as they come", async () => {
    const address = await startServer();
    const next: ((text: string) => void)[] = [];
    await at(address, () => {
      const body = new ReadableStream({
        start(controller) {
          next.push((text) => controller.enqueue(new TextEncoder().encode(text)));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const answer = await ask(address, "/");
    const events = answer.body!.pipeThrough(new TextDecoderStream() as never)[Symbol.asyncIterator]();
    /** Comments say nothing. */
    const read = async (): Promise<string | undefined> => {
      for (;;) {
        const { value } = (await events.next()) as { value?: string };
        if (!value?.startsWith(":")) return value;
      }
    };
    for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
      next[0]!(text);
      expect(await read()).toBe(text);
    }
    await events.return!();
  });

  it("hears that whoever asked has gone, by the request's signal and the body's end", async () => {
    const address = await startServer();
    const aborted = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await at(address, async (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve());
      if (request.url.endsWith("/body")) {
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(1)),
          cancel: () => cancelled.resolve(),
        });
        return new Response(body);
      }
      asked.resolve();
      await aborted.promise;
      return new Response();
    });
    const waiting = new AbortController();
    const refused = expect(ask(address, "/", { signal: waiting.signal })).rejects.toThrow();
    await asked.promise;
    waiting.abort();
    await Promise.all([refused, aborted.promise]);
    const reading = new AbortController();
    await ask(address, "/body", { signal: reading.signal });
    reading.abort();
    await cancelled.promise;
  });

  it("answers 500 where the handler throws, and breaks off where its body does", async () => {
    const address = await startServer();
    const { reports } = await at(address, (request) => {
      if (request.url.endsWith("/body")) {
        return new Response(
          new ReadableStream({
            pull(controller) {
              controller.error(new Error("half"));
            },
          }),
        );
      }
      throw new Error("broken");
    });
    expect((await ask(address, "/")).status).toBe(500);
    await expect(ask(address, "/body").then((answer) => answer.text())).rejects.toThrow();
    expect(reports).toEqual(["the handler of GET / threw: broken", "the handler of http threw: half"]);
  });

  it("is passed by once it has stopped, and while another one serves nobody notices", async () => {
    const address = await startServer();
    const one = await at(address, () => new Response("one"), { id: "one" });
    const all = (): Promise<string[]> =>
      Promise.all(Array.from({ length: 20 }, async () => (await ask(address, "/")).text()));
    await at(address, () => new Response("two"), { id: "two" });
    expect(new Set(await all())).toEqual(new Set(["one", "two"]));
    await one.client.drain();
    expect(new Set(await all())).toEqual(new Set(["two"]));
  });

  it("is no longer asked once it has gone, and what was under way fails", async () => {
    const address = await startServer();
    const asked = Promise.withResolvers<void>();
    const { client } = await at(address, () => {
      asked.resolve();
      return new Promise(() => {});
    });
    const answer = ask(address, "/", { method: "POST", body: "x" });
    await asked.promise;
    await client.close();
    expect((await answer).status).toBe(502);
    expect((await ask(address, "/")).status).toBe(404);
  });

  it("answers 503 where it has all that it may have", async () => {
    const address = await startServer();
    const release = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await serve(
      address,
      async () => {
        asked.resolve();
        await release.promise;
        return new Response("done");
      },
      { encoding },
      { concurrency: 1 },
    );
    const first = ask(address, "/");
    await asked.promise;
    const second = await ask(address, "/");
    release.resolve();
    expect([second.status, await (await first).text()]).toEqual([503, "done"]);
  });

  it("answers as if nothing had been where its connection breaks and is resumed, again and again", async () => {
    const address = await startServer();
    const way = await startCutProxy(Number(address.split(":")[1]));
    atTheEnd(way.close);
    const reconnect = { minDelayMs: 1, maxDelayMs: 20 };
    const { client } = await at(
      way.address,
      async (request) =>
        request.method === "POST"
          ? new Response(await digest(request.body as never as AsyncIterable<Uint8Array>))
          : new Response(streamChunks(chunks)),
      { reconnect },
    );
    const resumes: boolean[] = [];
    client.on("connected", ({ resumed }) => void resumes.push(resumed));
    way.cutEvery(2_000_000);
    const back = new Promise((resolve) => client.on("connected", resolve));
    way.cut();
    await back;
    const down = await ask(address, "/");
    expect(await digest(down.body as never as AsyncIterable<Uint8Array>)).toBe(expectedDigest);
    const up = await ask(address, "/", { method: "POST", body: streamChunks(chunks), duplex: "half" } as RequestInit);
    expect(await up.text()).toBe(expectedDigest);
    expect([resumes.length > 10, resumes.every((resumed) => resumed)]).toEqual([true, true]);
  });

  it("is asked again on a connection that had to begin anew", async () => {
    const [first, second] = [await startServer("--resume-ms", "0"), await startServer("--resume-ms", "0")];
    const way = await startCutProxy(Number(first.split(":")[1]));
    atTheEnd(way.close);
    const servers = [way.address, second];
    const { client } = await serve(first, () => new Response("one"), { encoding, servers });
    const again = new Promise((resolve) => client.on("connected", resolve));
    way.open = false;
    way.cut();
    await again;
    const answered = async (): Promise<number> => (await ask(second, "/")).status;
    while ((await answered()) !== 200);
    expect((await ask(first, "/")).status).toBe(404);
  });
});
