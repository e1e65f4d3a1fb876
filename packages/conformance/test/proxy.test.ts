import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { eachListener } from "../src/each-listener.ts";
import { ask } from "../src/http.ts";
import { identifiedClient } from "../src/identified.ts";
import { startTarget } from "./proxy.kit.ts";

eachListener("the proxy", [], (server) => {
  test("[PX-43] passes an event on when it comes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using target = await startTarget(server(), async (_, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
      // The second is not sent before the first has arrived.
      await promise;
      res.end("data: 2\n\n");
    });
    const response = await fetch(`${server().httpUrl}${target.path}/events`);
    let seen = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (seen.includes("data: 1")) resolve();
    }
    expect(seen).toContain("data: 1\n\n");
    expect(seen.endsWith("data: 2\n\n")).toBe(true);
  });

  test("[PX-30] drops hop-by-hop fields, and those that `connection` names", async () => {
    await using target = await startTarget(server(), (req, res) => {
      res.setHeader("connection", "close, x-theirs");
      res.setHeader("x-theirs", "1");
      res.end(JSON.stringify(req.headers));
    });
    const sent = request(`${server().httpUrl}${target.path}/`, {
      headers: { connection: "close, x-ours, x-forwarded-for", "x-ours": "1", te: "trailers", "x-kept": "1" },
    });
    sent.end();
    const [answer] = await once(sent, "response");
    const seen = JSON.parse(await text(answer));
    expect(seen).toMatchObject({ "x-kept": "1", "x-forwarded-for": "127.0.0.1" });
    expect(seen).not.toHaveProperty("x-ours");
    expect(seen).not.toHaveProperty("te");
    expect(answer.headers).not.toHaveProperty("x-theirs");
  });

  test.each([
    "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    "content-length: +5\r\n\r\nhello",
    "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
  ])("[PX-44] does not pass on what can be read in two ways: %j", async (ambiguous) => {
    const seen: (string | undefined)[] = [];
    await using target = await startTarget(server(), (req, res) => {
      seen.push(req.url);
      req.resume().on("end", () => res.end());
    });
    const socket = connect(server().port, "127.0.0.1");
    socket.on("error", () => {});
    const smuggled = `GET ${target.path}/smuggled HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    socket.write(`POST ${target.path}/first HTTP/1.1\r\nhost: x\r\n${ambiguous}${smuggled}`);
    socket.resume();
    await once(socket, "close");
    expect(seen).toEqual([]);
  });

  test("[PX-45] cuts an answer that the target cuts", async () => {
    await using target = await startTarget(server(), (_, res) => {
      res.writeHead(200, { "content-length": 100 }).write("half", () => res.destroy());
    });
    const response = await fetch(`${server().httpUrl}${target.path}/`);
    await expect(response.text()).rejects.toThrow();
  });

  test("[PX-11] does not reach what is not the client's own", async () => {
    await using forger = await identifiedClient(server(), { identify: { ip: "169.254.169.254" } });
    const answer = await ask(server(), "GET", `/api/v1/proxy/${forger.application}/latest`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-singyeong-error")).toBe("proxy/forbidden");
  });

  test("[PX-43] calls the target off when who asked goes away", async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await using target = await startTarget(server(), (req) => {
      arrived.resolve();
      req.on("close", left.resolve);
    });
    const sent = request(`${server().httpUrl}${target.path}/`);
    sent.on("error", () => {});
    sent.end();
    await arrived.promise;
    sent.destroy();
    await left.promise;
  });
});
