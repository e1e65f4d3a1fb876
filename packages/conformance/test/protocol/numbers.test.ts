import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, identifiedClient } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { gap, hasPayload, splice } from "../../src/splice.ts";

eachListener("numbers survive", [], (server) => {
  describe.each(encodings)("from %s", (sent) => {
    describe.each(encodings)("to %s", (received) => {
      const sendable = Object.entries(numbers).filter(
        ([, spelling]) => sent !== "msgpack" || !("sendsMsgpack" in spelling),
      );

      test.each(sendable)("%s arrives digit for digit", async (_name, spelling) => {
        await using sender = await identifiedClient(server(), { encoding: sent });
        await using receiver = await identifiedClient(server(), { encoding: received });
        for (const t of ["SEND", "BROADCAST"]) {
          const frame = { op: 4, t, d: { target: everyoneIn(receiver.application), payload: gap } };
          sender.sendRaw(splice(sent, frame, spelling[sent]));
          const { bytes } = await receiver.nextReceived();
          expect(hasPayload(received, bytes, spelling[received]), bytes.toString("latin1")).toBe(true);
        }
      });
    });
  });

  test.each(encodings)(
    "in %s so they do deep inside a payload, in a nonce and in what no_route gives back",
    async (encoding) => {
      await using client = await identifiedClient(server(), { encoding });
      const frame = {
        op: 4,
        t: "SEND",
        d: { target: everyoneIn("nobody"), payload: { list: [{ id: gap }] }, nonce: 7 },
      };
      const digits = numbers["2^64-1"][encoding];
      client.sendRaw(splice(encoding, frame, digits));
      const { bytes, frame: answer } = await client.nextReceived();
      expect(answer).toMatchObject({ op: 3, d: { code: "route/no-match", nonce: 7 } });
      const raw = encoding === "json" ? Buffer.from(digits) : Buffer.from(digits.replaceAll(" ", ""), "hex");
      expect(bytes.includes(raw)).toBe(true);
    },
  );
});
