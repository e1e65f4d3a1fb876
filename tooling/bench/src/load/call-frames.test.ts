import { expect, it } from "vitest";
import { formatAnswer, formatCall, readMessage } from "./call-frames.ts";
import { messageBytes } from "./payload.ts";

/** The text of a client's frame of more than 125 bytes. */
const textOf = (frame: string): string => frame.slice(8);

const read = (text: string) => readMessage(Buffer.from(text), 0, text.length);

it("calls with a payload of its number, one of a hundred targets in turn", () => {
  const [first, second, again] = [200, 201, 300].map((number) => JSON.parse(textOf(formatCall(number))));
  expect(first).toMatchObject({
    op: 4,
    t: "CALL",
    d: { id: 200, method: "echo", payload: { n: "00000200" }, end: true },
  });
  expect(JSON.stringify(first.d.payload)).toHaveLength(messageBytes);
  expect(first.d.target.ops).toHaveLength(3);
  expect(second.d.target).not.toEqual(first.d.target);
  expect(again.d.target).toEqual(first.d.target);
});

it("reads calls and answers, of the server and of a relay, and answers with what was said", () => {
  const call = JSON.parse(textOf(formatCall(7)));
  expect(read(JSON.stringify(call))).toEqual({ id: 7, number: 7 });
  const { payload } = call.d;
  const delivered = { op: 4, d: { id: -3, method: "echo", end: true, credit: 16, payload }, ts: 1, t: "CALL" };
  expect(read(JSON.stringify(delivered))).toEqual({ id: -3, number: 7 });
  const answer = JSON.parse(textOf(formatAnswer({ id: -3, number: 7 })));
  expect(answer).toMatchObject({ op: 4, t: "DATA", d: { id: -3, payload, end: true } });
  expect(read(JSON.stringify(answer))).toEqual({ id: -3, number: 7 });
});

it("takes an abort, an error, or a message that does not end its stream for none", () => {
  const { payload } = JSON.parse(textOf(formatCall(7))).d;
  for (const frame of [
    { op: 4, d: { id: 7, code: "route/no-match", message: "nobody", delivered: false }, t: "ABORT" },
    { op: 3, d: { id: 7, payload, end: true } },
    { op: 4, d: { id: 7, payload }, t: "DATA" },
  ])
    expect(() => read(JSON.stringify(frame))).toThrow("expected a message that ends a stream");
});
