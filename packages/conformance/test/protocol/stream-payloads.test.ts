import { describe, expect, test } from "vitest";
import { etfWithAtomKeys } from "../../src/codecs/etf.ts";
import { type Encoding, encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { gap, type Spelling, splice } from "../../src/splice.ts";
import { endOf, newStream, openStream, streamer, takeDispatch } from "../../src/streams.ts";

const bytes = new Uint8Array([0xff, 0x00, 0x80]);

/** What bytes that are no text become. */
const arrivingBytes: Readonly<Record<Encoding, unknown>> = { json: { $base64: "/wCA" }, msgpack: bytes, etf: bytes };

eachListener("what streams carry", [], (server) => {
  describe.each(encodings)("from %s", (from) => {
    describe.each(encodings)("to %s", (to) => {
      const both = { from: { encoding: from }, to: { encoding: to } };

      test("[ST-11] payloads, headers and data of an ABORT arrive as they were sent, both ways", async () => {
        const value = {
          text: "신경 \u0000 \u{1f9e0}",
          list: [1, -2.5, null, true, [], {}],
          map: { "": { "a/b": "c", id: 5, end: true, payload: 1 } },
        };
        await using at = await newStream(server(), { ...both, call: { payload: value } });
        expect(at.call.payload).toEqual(value);
        at.caller.data({ payload: [value] });
        expect((await at.callee.take("DATA")).payload).toEqual([value]);
        at.callee.data({ payload: value, headers: { "": "신경" } });
        expect(await at.caller.take("DATA")).toEqual({ id: 0, payload: value, headers: { "": "신경" } });
        at.callee.abort({ code: "c", data: value });
        expect((await at.caller.take("ABORT")).data).toEqual(value);
      });

      const sendable: [string, Spelling][] = Object.entries(numbers).filter(
        ([, spelling]) => from !== "msgpack" || !("sendsMsgpack" in spelling),
      );

      test.each(sendable)("[ST-11] %s arrives digit for digit", async (_name, spelling) => {
        await using caller = await streamer(server(), { encoding: from });
        await using callee = await streamer(server(), { encoding: to });
        const send = (t: string, d: object): void => caller.sendRaw(splice(from, { op: 4, t, d }, spelling[from]));
        const expectNumber = async (t: string): Promise<number> => {
          const { frame, bytes: got } = await callee.nextReceived();
          expect(frame.t).toBe(t);
          expect(got.includes(entry(to, spelling[to])), got.toString("latin1")).toBe(true);
          return frame.d.id;
        };
        const payload = { here: gap };
        send("CALL", { id: 0, target: everyoneIn(callee.application), method: "m", payload });
        const id = await expectNumber("CALL");
        send("DATA", { id: 0, payload });
        expect(await expectNumber("DATA")).toBe(id);
        send("DATA", { id: 0, payload, end: true });
        expect(await expectNumber("DATA")).toBe(id);
        send("ABORT", { id: 0, code: "c", data: payload });
        expect(await expectNumber("ABORT")).toBe(id);
      });
    });
  });

  test.each(["msgpack", "etf"] as const)("[ST-11] bytes from %s reach every encoding", async (encoding) => {
    for (const to of encodings) {
      await using at = await newStream(server(), {
        from: { encoding },
        to: { encoding: to },
        call: { payload: bytes },
      });
      expect(at.call.payload).toEqual(arrivingBytes[to]);
      at.caller.data({ payload: { bytes } });
      expect((await at.callee.take("DATA")).payload).toEqual({ bytes: arrivingBytes[to] });
      at.caller.abort({ data: bytes });
      expect((await at.callee.take("ABORT")).data).toEqual(arrivingBytes[to]);
    }
  });

  test("[ST-11] bytes back to JSON's form of them, and to bytes elsewhere", async () => {
    for (const to of encodings) {
      await using at = await newStream(server(), { from: { encoding: to }, to: { encoding: "msgpack" } });
      at.callee.data({ payload: bytes });
      expect((await at.caller.take("DATA")).payload).toEqual(arrivingBytes[to]);
    }
  });

  test("[ST-11] JSON that only its bytes can tell apart arrives byte for byte", async () => {
    await using at = await newStream(server());
    for (const text of [
      '{ "a" :\t1.50e0 , "a": "\\u0041" , "__proto__": {"x": -0} }',
      "[ 1E400 , 0.1000 ]",
      '"\\/\\ud800"',
    ]) {
      at.caller.client.sendRaw(splice("json", { op: 4, t: "DATA", d: { id: 0, payload: gap } }, text));
      expect((await at.callee.client.nextReceived()).bytes.toString()).toContain(`"payload":${text}`);
      at.callee.client.sendRaw(splice("json", { op: 4, t: "DATA", d: { id: at.callee.id, payload: gap } }, text));
      expect((await at.caller.client.nextReceived()).bytes.toString()).toContain(`"payload":${text}`);
    }
  });

  test.each(encodings)("[ST-11] keys like __proto__ and constructor survive, from %s", async (encoding) => {
    const payload = JSON.parse('{"constructor":{"prototype":1},"toString":2,"payload":{"id":3,"end":4}}');
    for (const to of encodings) {
      await using at = await newStream(server(), { from: { encoding }, to: { encoding: to }, call: { payload } });
      expect(at.call.payload).toEqual(payload);
    }
  });

  test("[N-12] a frame with atoms for keys is understood as one with binaries", async () => {
    await using caller = await streamer(server(), { codec: etfWithAtomKeys });
    await using callee = await streamer(server(), { encoding: "etf" });
    const stream = await openStream(caller, callee, 0, { payload: { key: { inner: 1 } }, headers: { a: "b" } });
    expect(stream.call).toMatchObject({ payload: { key: { inner: 1 } }, headers: { a: "b" }, end: false });
    stream.caller.data({ payload: [{ k: 1 }], end: true });
    expect(await stream.callee.take("DATA")).toEqual({ id: stream.callee.id, payload: [{ k: 1 }], end: true });
  });

  test.each(encodings)("[ST-9, C-18] a message as large as a frame may be arrives whole, in %s", async (encoding) => {
    const payload = "x".repeat(1_000_000);
    for (const to of encodings) {
      await using at = await newStream(server(), { from: { encoding }, to: { encoding: to }, call: { payload } });
      expect(at.call.payload === payload).toBe(true);
      at.callee.data({ payload, end: true });
      expect((await at.caller.take("DATA")).payload === payload).toBe(true);
    }
  });

  test("[ST-3] the server looks at no codec: the name and whatever bytes go through", async () => {
    await using caller = await streamer(server(), { encoding: "msgpack" });
    await using callee = await streamer(server(), { encoding: "etf" });
    caller.dispatch("CALL", {
      id: 0,
      target: everyoneIn(callee.application),
      method: "m",
      codec: "bytes",
      payload: bytes,
    });
    const { id, codec, payload } = await takeDispatch(callee, "CALL");
    expect([codec, payload]).toEqual(["bytes", bytes]);
    endOf(callee, id).data({ payload: bytes, end: true });
    expect((await takeDispatch(caller, "DATA")).payload).toEqual(bytes);
  });
});

/** An entry of a map, with the key `here`. */
function entry(encoding: Encoding, spelling: string): Buffer {
  if (encoding === "json") return Buffer.from(`"here":${spelling}`);
  const key = { msgpack: "a4", etf: "6d 00000004" }[encoding];
  return Buffer.from(`${key} ${Buffer.from("here").toString("hex")} ${spelling}`.replaceAll(" ", ""), "hex");
}
