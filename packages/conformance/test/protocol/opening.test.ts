import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { failure, freshName, greetedClient, identifiedClient, identifyFrame } from "../../src/identified.ts";
import { openClient } from "../../src/raw-client.ts";

eachListener("opening a connection", [], (server) => {
  test.each(encodings)(
    "in %s hello comes at once, then ready, then the ack of a heartbeat sent right behind",
    async (encoding) => {
      await using client = await openClient(server(), { encoding });
      const id = freshName("client");
      client.send(identifyFrame("app", id));
      client.send({ op: 5 });
      expect(await client.next()).toMatchObject({ op: 0, t: null, d: { heartbeat_interval: 45_000 } });
      expect(await client.next()).toMatchObject({ op: 2, t: null, d: { client_id: id, restricted: false } });
      expect(await client.next()).toMatchObject({ op: 6, t: null, d: { client_id: id } });
    },
  );

  test("ready has v1's two keys and no other for a client that names no capability", async () => {
    await using client = await identifiedClient(server());
    expect(client.ready).toEqual({ client_id: client.id, restricted: false });
  });

  test("ready answers caps with those of the server, its node and its limits", async () => {
    await using client = await identifiedClient(server(), { identify: { caps: ["no-such-capability"] } });
    expect(client.ready).toMatchObject({ caps: [], node: expect.any(String), limits: { max_frame: 1_048_576 } });
  });

  test.each(["bogus", "JSON", "", "json%20"])("encoding=%s is refused with 403", async (encoding) => {
    const path = `/gateway/websocket?encoding=${encoding}`;
    await expect(openClient(server(), { path })).rejects.toThrow("refused with 403");
  });

  test.each([
    "/gateway/websocket",
    "/gateway/websocket/",
    "/gateway/websocket/?encoding=json",
    "/gateway/websocket?x=1",
  ])("%s speaks JSON", async (path) => {
    await using client = await openClient(server(), { path });
    expect(await client.next()).toMatchObject({ op: 0 });
  });

  test.each(["/", "/gateway", "/gateway/websocket/x", "/socket"])("no WebSocket is at %s: 404", async (path) => {
    await expect(openClient(server(), { path })).rejects.toThrow("refused with 404");
  });

  test.each(encodings)("in %s unknown keys are ignored, and ts and t may be anything", async (encoding) => {
    await using client = await greetedClient(server(), { encoding });
    const id = freshName("client");
    client.send({ ...identifyFrame("app", id, { unheard_of: [1] }), ts: "never", t: 7, extra: { a: [null] } });
    expect(await client.next()).toMatchObject({ op: 2, d: { client_id: id } });
    client.send({ op: 5, d: null, ts: 1.5, t: "SEND", more: true });
    expect(await client.next()).toMatchObject({ op: 6 });
  });

  test.each(encodings)("in %s a frame of the wrong kind is op 8", async (encoding) => {
    await using client = await identifiedClient(server(), { encoding });
    const kind = encoding === "json" ? "binary" : "text";
    client.sendRaw(kind === "text" ? '{"op":5}' : Buffer.from('{"op":5}'));
    const { frame, code } = await failure(client);
    const error = `decode: payload: invalid websocket opcode/encoding combo: {${kind}, ${encoding}}`;
    expect(frame).toMatchObject({ op: 8, d: { error, code: "frame/wrong-kind" } });
    expect(code).toBe(1000);
  });

  test("a text frame that is no UTF-8 ends the connection", async () => {
    await using client = await identifiedClient(server());
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect([1006, 1007]).toContain((await client.closed).code);
  });

  test("a WebSocket ping is answered with its data", async () => {
    await using client = await identifiedClient(server());
    const pong = new Promise<Buffer>((resolve) => client.socket.once("pong", resolve));
    client.socket.ping("are you there");
    expect((await pong).toString()).toBe("are you there");
  });

  test("compression that a client offers is declined", async () => {
    await using client = await identifiedClient(server());
    expect(client.socket.extensions).toBe("");
  });

  test("a close is answered with its own code", async () => {
    await using client = await identifiedClient(server());
    expect(await client.close(1000)).toMatchObject({ code: 1000 });
  });
});
