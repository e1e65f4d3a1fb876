import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import {
  everyoneIn,
  failure,
  freshName,
  greetedClient,
  identifiedClient,
  identifyFrame,
} from "../../src/identified.ts";
import type { RunningServer } from "../../src/start-server.ts";

/** A bystander gets its own message: the server lives and serves. */
async function expectService(server: RunningServer): Promise<void> {
  expect(server.isRunning()).toBe(true);
  await using bystander = await identifiedClient(server);
  bystander.dispatch("SEND", { target: everyoneIn(bystander.application), payload: "alive" });
  expect(await bystander.next()).toMatchObject({ op: 4, d: { payload: "alive" } });
}

/** A masked client frame with a mask of zeros. */
function rawFrame(opcode: number, payload: string): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}

eachListener("what once brought a server down", ["--max-backlog-bytes", "1048576"], (server) => {
  test("a metadata type that is a long integer, alone or in a list", async () => {
    await using stranger = await greetedClient(server());
    stranger.sendRaw(
      '{"op":1,"d":{"client_id":"a","application_id":"b","metadata":{"k":{"type":12345678901234567890,"value":1}}}}',
    );
    expect(await failure(stranger)).toMatchObject({ frame: { op: 8, d: { code: "identify/metadata" } }, code: 1000 });
    await using client = await identifiedClient(server());
    client.sendRaw('{"op":4,"t":"UPDATE_METADATA","d":{"k":{"type":[12345678901234567890],"value":1}}}');
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "metadata/invalid" } });
    await expectService(server());
  });

  test("answers past the backlog with a close frame right behind the questions", async () => {
    const application = freshName("big");
    await using holder = await identifiedClient(server(), { application });
    holder.dispatch("UPDATE_METADATA", { blob: { type: "string", value: "x".repeat(500_000) } });
    await holder.settle();
    const socket = connect(server().port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(
      "GET /gateway/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    const identify = JSON.stringify({ op: 1, d: { application_id: "e", client_id: freshName("e") } });
    const query = JSON.stringify({ op: 4, t: "QUERY_NODES", d: { application } });
    socket.pause();
    socket.write(
      Buffer.concat([rawFrame(1, identify), ...Array.from({ length: 25 }, () => rawFrame(1, query)), rawFrame(8, "")]),
    );
    await expectService(server());
    socket.destroy();
    await expectService(server());
  });
});

eachListener("what an answer may hold", ["--max-backlog-bytes", "1048576"], (server) => {
  test("is refused past the backlog, over the socket and over HTTP", async () => {
    const application = freshName("big");
    const value = "x".repeat(600_000);
    await using one = await identifiedClient(server(), { application });
    await using other = await identifiedClient(server(), { application });
    for (const client of [one, other]) {
      client.dispatch("UPDATE_METADATA", { blob: { type: "string", value } });
      await client.settle();
    }
    one.dispatch("QUERY_NODES", { application });
    expect(await one.next()).toMatchObject({ op: 3, d: { code: "query/answer-too-large" } });
    const { status, text } = await ask(server(), "POST", "/api/v1/query", { body: { application } });
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ code: "query/answer-too-large" });
  });
});

eachListener("what a client may make the server hold", [], (server) => {
  test("no more than 64 tags, or capabilities", async () => {
    for (const field of ["tags", "caps"]) {
      await using stranger = await greetedClient(server());
      stranger.send(identifyFrame("a", freshName("id"), { [field]: Array(80_000).fill(1) }));
      const { frame } = await failure(stranger);
      expect(frame).toMatchObject({
        op: 8,
        d: { code: "identify/invalid", extra_info: { [field]: expect.anything() } },
      });
    }
  });

  test("no more than 1,024 metadata keys, over all updates", async () => {
    await using client = await identifiedClient(server());
    const keys = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`k${from + i}`, { type: "integer", value: i }]));
    client.dispatch("UPDATE_METADATA", keys(0, 1024));
    client.dispatch("UPDATE_METADATA", keys(1023, 1025));
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "metadata/too-large" } });
    client.dispatch("UPDATE_METADATA", { k0: null, k1024: { type: "integer", value: 1 } });
    await client.settle();
  });

  test("no more than 1 MiB of large metadata, over all updates", async () => {
    await using client = await identifiedClient(server());
    const value = "x".repeat(600_000);
    client.dispatch("UPDATE_METADATA", { a: { type: "string", value } });
    client.dispatch("UPDATE_METADATA", { b: { type: "string", value } });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "metadata/too-large" } });
  });

  test("no path of more than 32 segments or 1,024 characters", async () => {
    for (const path of ["/a".repeat(33), `/${"a".repeat(1024)}`]) {
      const { status, text } = await ask(server(), "POST", "/api/v1/query", {
        body: { ops: [{ path, op: "$exists", to: { value: true } }] },
      });
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ code: "query/invalid", extra_info: { at: "/ops/0/path" } });
    }
  });

  test("a query over a large list does not read it again for every op", async () => {
    await using client = await identifiedClient(server());
    client.dispatch("UPDATE_METADATA", { big: { type: "list", value: Array(200_000).fill(0) } });
    const ops = Array.from({ length: 200 }, () => ({ path: "/big", op: "$nin", to: { value: [1] } }));
    client.dispatch("SEND", { target: { application: client.application, ops }, payload: 1 });
    expect(await client.next()).toMatchObject({ op: 4, d: { payload: 1 } });
  });
});
