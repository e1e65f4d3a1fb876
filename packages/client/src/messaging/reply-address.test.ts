import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAnswerPrefix, formatReplyAddress, parseReplyAddress } from "./reply-address.ts";

const word = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter((text) => !text.includes(" "));

describe("a reply address", () => {
  it("is written as application, inbox and number", () => {
    expect(formatReplyAddress({ app: "gateway", inbox: "5f0c" }, 1)).toBe("gateway 5f0c 1");
  });

  it("is read from the nonce that it was written into", () => {
    fc.assert(
      fc.property(word, word, fc.nat(), (app, inbox, n) => {
        expect(parseReplyAddress(formatReplyAddress({ app, inbox }, n))).toEqual({ app, inbox });
      }),
    );
  });

  it("has a nonce that no other request of its inbox has", () => {
    fc.assert(
      fc.property(word, word, fc.nat(), fc.nat(), (app, inbox, n, m) => {
        fc.pre(n !== m);
        expect(formatReplyAddress({ app, inbox }, n)).not.toBe(formatReplyAddress({ app, inbox }, m));
      }),
    );
  });

  it("begins as all of its inbox do, and as none of another", () => {
    const address = fc.record({ app: word, inbox: word });
    fc.assert(
      fc.property(address, address, fc.nat(), (mine, other, n) => {
        const nonce = formatReplyAddress(mine, n);
        const isMine = mine.app === other.app && mine.inbox === other.inbox;
        expect(nonce.startsWith(formatAnswerPrefix(mine))).toBe(true);
        expect(nonce.startsWith(formatAnswerPrefix(other))).toBe(isMine);
      }),
    );
  });

  it("may end in other text without spaces, as peers write it", () => {
    expect(parseReplyAddress("gateway 5f0c first")).toEqual({ app: "gateway", inbox: "5f0c" });
  });

  it.each([["", " ", "  ", "a", "a b", "a b ", " a b", "a  b", "a b c d", "a b c ", "a b  c", " a b c", "a b c d e"]])(
    "is not in other text: %j",
    (...texts) => {
      for (const text of texts) expect(parseReplyAddress(text)).toBeNull();
    },
  );

  it("is in nothing but text", () => {
    for (const nonce of [null, undefined, 1, 1n, ["a", "b", "1"], { app: "a", inbox: "b" }]) {
      expect(parseReplyAddress(nonce)).toBeNull();
    }
  });
});
