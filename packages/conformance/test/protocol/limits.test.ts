import { describe, expect, test } from "vitest";
import { codecs, type Encoding, encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, failure, greetedClient, identifiedClient } from "../../src/identified.ts";
import { gap, splice } from "../../src/splice.ts";

const maxFrameBytes = 1_048_576;

/** `levels` lists in each other, the innermost empty. */
function nested(encoding: Encoding, levels: number): string {
  if (encoding === "json") return "[".repeat(levels) + "]".repeat(levels);
  if (encoding === "msgpack") return `${"91".repeat(levels - 1)}90`;
  return `${"6c00000001".repeat(levels - 1)}6a${"6a".repeat(levels - 1)}`;
}

/** A SEND whose frame takes exactly `size` bytes. */
function sized(encoding: Encoding, application: string, size: number): string | Buffer {
  const frame = (length: number) =>
    codecs[encoding].encode({ op: 4, t: "SEND", d: { target: everyoneIn(application), payload: "x".repeat(length) } });
  const spare = Buffer.byteLength(frame(70_000)) - 70_000;
  return frame(size - spare) as string | Buffer;
}

eachListener("limits", [], (server, listener) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("a frame of 128 levels is taken, and one of 129 is fatal", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const frame = { op: 4, t: "SEND", d: { target: everyoneIn(client.application), payload: gap } };
      client.sendRaw(splice(encoding, frame, nested(encoding, 126)));
      expect(await client.next()).toMatchObject({ op: 4, t: "SEND" });
      client.sendRaw(splice(encoding, frame, nested(encoding, 127)));
      const { frame: answer, code } = await failure(client);
      expect(answer).toMatchObject({ op: 8, d: { code: "frame/too-deep" } });
      expect(code).toBe(1000);
    });

    test("levels count wherever they are in a frame, also in a key that nobody knows", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.sendRaw(splice(encoding, { op: 5, unheard_of: gap }, nested(encoding, 127)));
      expect(await client.next()).toMatchObject({ op: 6 });
      client.sendRaw(splice(encoding, { op: 5, unheard_of: gap }, nested(encoding, 128)));
      expect((await failure(client)).frame.d.code).toBe("frame/too-deep");
    });

    test("a frame of 1 MiB is taken", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const frame = sized(encoding, client.application, maxFrameBytes);
      expect(Buffer.byteLength(frame)).toBe(maxFrameBytes);
      client.sendRaw(frame);
      expect(await client.next()).toMatchObject({ op: 4 });
      await client.settle();
    });

    test("a frame of one byte more closes with 1009", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.sendRaw(sized(encoding, client.application, maxFrameBytes + 1));
      expect((await client.closed).code).toBe(1009);
    });

    test("a frame of 4 MiB closes with 1009, or is cut by the listener that cannot say so", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.sendRaw(sized(encoding, client.application, 4 * maxFrameBytes));
      expect(listener === "node" ? [1009] : [1009, 1006]).toContain((await client.closed).code);
    });

    test("an oversize frame closes a connection that has not identified too", async () => {
      await using client = await greetedClient(server(), { encoding });
      client.sendRaw(sized(encoding, "nobody", maxFrameBytes + 1));
      expect((await client.closed).code).toBe(1009);
    });
  });

  test("text is measured in bytes of UTF-8", async () => {
    await using client = await identifiedClient(server());
    const euros = Math.ceil(maxFrameBytes / 3);
    client.dispatch("SEND", { target: everyoneIn(client.application), payload: "€".repeat(euros) });
    expect((await client.closed).code).toBe(1009);
  });

  test("who sent too large a frame is deregistered", async () => {
    await using client = await identifiedClient(server());
    client.sendRaw(sized("json", "nobody", maxFrameBytes + 1));
    await client.closed;
    await using next = await identifiedClient(server(), { application: client.application, id: client.id });
    expect(next.ready).toMatchObject({ client_id: client.id });
  });
});

eachListener("configured limits", ["--max-frame-bytes", "2000", "--max-depth", "8"], (server) => {
  test("bound frames as the settings say", async () => {
    await using deep = await identifiedClient(server());
    deep.sendRaw(splice("json", { op: 5, d: gap }, nested("json", 7)));
    expect(await deep.next()).toMatchObject({ op: 6 });
    deep.sendRaw(splice("json", { op: 5, d: gap }, nested("json", 8)));
    expect((await failure(deep)).frame.d.code).toBe("frame/too-deep");
    await using large = await identifiedClient(server());
    large.send({ op: 5, d: "x".repeat(2000) });
    expect((await large.closed).code).toBe(1009);
  });
});
