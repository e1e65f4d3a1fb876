import { describe, expect, test } from "vitest";
import type { ListenerName, Reachable } from "../../../src/start-server.ts";
import { type DeviationName, deviates } from "../deviations.kit.ts";
import { openEcho } from "../echo.kit.ts";
import { acceptOf, freshKey, type Opening, type OpeningAnswer } from "../opening.kit.ts";
import { dial } from "../raw-socket.kit.ts";
import { Opcode } from "../wire-frame.kit.ts";

/** The answer to an opening request; the connection is left. */
async function answerTo(server: Reachable, opening: Opening, key?: string): Promise<OpeningAnswer> {
  const { answer, socket } = await dial(server, opening, key);
  socket.destroy();
  return answer;
}

const header = (name: string, value: string | null): Opening => ({ headers: { [name]: value } });

/** Requests that are fine, however they are put. */
const accepted: readonly (readonly [string, Opening])[] = [
  ["Upgrade in other letters", header("Upgrade", "WebSocket")],
  ["Connection in other letters", header("Connection", "upgrade")],
  ["Connection with more than one word", header("Connection", "keep-alive, Upgrade")],
  ["a slash at the end of the path", { path: "/gateway/websocket/" }],
  ["a query", { path: "/gateway/websocket?encoding=json&x=%00" }],
  ["an Origin, and cookies", { headers: { Origin: "https://example.org", Cookie: "a=b; c=d" } }],
  ["header names in other letters", { headers: { "Sec-WebSocket-Key": null, "sEC-wEBsOCKET-kEY": freshKey() } }],
];

interface Refused {
  readonly title: string;
  readonly opening: Opening;
  /** What accepts it nevertheless. */
  readonly deviation: DeviationName | null;
  readonly key?: string;
}

/** Requests that RFC 6455 §4.2.1 wants refused. */
const refused: readonly Refused[] = [
  { title: "no key", opening: header("Sec-WebSocket-Key", null), deviation: null },
  { title: "an empty key", opening: {}, deviation: null, key: "" },
  { title: "a short key", opening: {}, deviation: null, key: "c2hvcnQ=" },
  { title: "a long key", opening: {}, deviation: null, key: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
  { title: "a key of 18 bytes", opening: {}, deviation: "opening-not-judged", key: "AAAAAAAAAAAAAAAAAAAAAAAA" },
  { title: "a key that is no base64", opening: {}, deviation: "opening-not-judged", key: "!!!!!!!!!!!!!!!!!!!!!!==" },
  { title: "no version", opening: header("Sec-WebSocket-Version", null), deviation: "opening-not-judged" },
  { title: "version 0", opening: header("Sec-WebSocket-Version", "0"), deviation: "opening-not-judged" },
  { title: "version 7", opening: header("Sec-WebSocket-Version", "7"), deviation: "opening-not-judged" },
  { title: "version 14", opening: header("Sec-WebSocket-Version", "14"), deviation: "opening-not-judged" },
  {
    title: "a version that is no number",
    opening: header("Sec-WebSocket-Version", "new"),
    deviation: "opening-not-judged",
  },
  { title: "no Upgrade", opening: header("Upgrade", null), deviation: "opening-not-judged" },
  { title: "another Upgrade", opening: header("Upgrade", "h2c"), deviation: "opening-not-judged" },
  { title: "no Connection", opening: header("Connection", null), deviation: "opening-not-judged" },
  {
    title: "a Connection that upgrades nothing",
    opening: header("Connection", "keep-alive"),
    deviation: "opening-not-judged",
  },
  { title: "HTTP/1.0", opening: { version: "HTTP/1.0" }, deviation: "old-openings-accepted" },
  { title: "no Host", opening: header("Host", null), deviation: null },
  { title: "another protocol", opening: { version: "XTTP/1.1" }, deviation: null },
  { title: "a head of 100 kB", opening: header("X-Padding", "x".repeat(100_000)), deviation: null },
];

const methods = ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get"];

export function openingCases(server: () => Reachable, listener: ListenerName): void {
  test("is answered with 101, and a proof that the key was read", async () => {
    const { answer, key, socket } = await dial(server());
    socket.destroy();
    expect(answer.status).toBe(101);
    expect(answer.headers.get("upgrade")?.toLowerCase()).toBe("websocket");
    expect(answer.headers.get("connection")?.toLowerCase()).toBe("upgrade");
    expect(answer.headers.get("sec-websocket-accept")).toBe(acceptOf(key));
    expect(answer.headers.has("sec-websocket-protocol")).toBe(false);
    expect(answer.headers.has("sec-websocket-extensions")).toBe(false);
  });

  test("the example of the RFC is answered as there", async () => {
    const answer = await answerTo(server(), {}, "dGhlIHNhbXBsZSBub25jZQ==");
    expect(answer.headers.get("sec-websocket-accept")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  test.each(accepted)("is accepted with %s", async (_title, opening) => {
    expect((await answerTo(server(), opening)).status).toBe(101);
  });

  test.each(refused)("is refused with $title", async ({ opening, deviation, key }) => {
    const { status } = await answerTo(server(), opening, key);
    if (deviation !== null && deviates(listener, deviation)) expect(status).toBe(101);
    else expect([400, 426, 431, 505]).toContain(status);
  });

  test("version 8, whose frames are those of 13, is refused, or spoken", async () => {
    const opening = header("Sec-WebSocket-Version", "8");
    const isSpoken = deviates(listener, "old-openings-accepted") || deviates(listener, "opening-not-judged");
    if (!isSpoken) return expect([400, 426]).toContain((await answerTo(server(), opening)).status);
    await using echo = await openEcho(server(), "json", { ...opening, path: "/gateway/websocket" });
    await echo.sendFrame(Opcode.text, echo.message("eight"));
    await echo.expectEcho("eight");
  });

  test("a refused version is answered with the version that is spoken", async () => {
    const answer = await answerTo(server(), header("Sec-WebSocket-Version", "14"));
    if (deviates(listener, "opening-not-judged")) expect(answer.status).toBe(101);
    else expect(answer.headers.get("sec-websocket-version")?.split(/, */)).toContain("13");
  });

  test.each(methods)("%s opens no WebSocket", async (method) => {
    const { status } = await answerTo(server(), { method });
    expect([400, 404, 405, 426]).toContain(status);
  });

  test.each([
    ["/", 404],
    ["/gateway/websocket/x", 404],
    ["/gateway/websocket?encoding=bson", 403],
  ])("%s is refused with %s", async (path, status) => {
    expect((await answerTo(server(), { path })).status).toBe(status);
  });
}

export function subprotocolCases(server: () => Reachable, listener: ListenerName): void {
  test.each([
    ["chat", "chat"],
    ["chat, superchat", "chat"],
    ["chat,superchat", "chat"],
    ["v1.example~+!", "v1.example~+!"],
  ])("of %s the first is named in the answer, for browsers insist on one", async (offer, chosen) => {
    await using echo = await openEcho(server(), "json", header("Sec-WebSocket-Protocol", offer));
    expect(echo.answer.headers.get("sec-websocket-protocol")).toBe(chosen);
    await echo.sendFrame(Opcode.text, echo.message("any"));
    await echo.expectEcho("any");
    await echo.expectCleanClose();
  });

  describe.each(["two words", 'a"b', ",", "chat;x=1"])("what is no token: %s", (offer) => {
    test("is refused, or repeated up to the first comma", async () => {
      const { status, headers } = await answerTo(server(), header("Sec-WebSocket-Protocol", offer));
      if (!deviates(listener, "subprotocol-not-judged")) return expect(status).toBe(400);
      expect(status).toBe(101);
      expect(headers.get("sec-websocket-protocol")).toBe(offer.split(",")[0]);
    });
  });
}
