import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMessageId, parseMessageId } from "./message-id.ts";

const seq = fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs));

describe("the id of a message", () => {
  it("is read back as the number that it was made of", () => {
    fc.assert(
      fc.property(seq, (number) => {
        expect(parseMessageId(formatMessageId(number))).toBe(number);
      }),
    );
  });

  it("sorts as the messages were pushed", () => {
    fc.assert(
      fc.property(seq, seq, (a, b) => {
        expect(formatMessageId(a) < formatMessageId(b)).toBe(a < b);
      }),
    );
  });

  it.each(["", "1", "0000000000A", "0000000000-1", "zzzzzzzzzzz", "000000000001", " 0000000001"])(
    "is not %j",
    (text) => {
      expect(parseMessageId(text)).toBe(null);
    },
  );
});
