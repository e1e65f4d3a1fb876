import { describe, expect, test } from "vitest";
import type { Reachable } from "../../../src/start-server.ts";
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
  readonly key?: string;
}

/** Requests that RFC 6455 §4.2.1 wants refused. */
const refused: readonly Refused[] = [
  { title: "no key", opening: header("Sec-WebSocket-Key", null) },
  { title: "an empty key", opening: {}, key: "" },
  { title: "a short key", opening: {}, key: "c2hvcnQ=" },
  { title: "a long key", opening: {}, key: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
  { title: "a key of 18 bytes", opening: {}, key: "AAAAAAAAAAAAAAAAAAAAAAAA" },
  { title: "a key that is no base64", opening: {}, key: "!!!!!!!!!!!!!!!!!!!!!!==" },
  { title: "no version", opening: header("Sec-WebSocket-Version", null) },
  { title: "version 0", opening: header("Sec-WebSocket-Version", "0") },
  { title: "version 7", opening: header("Sec-WebSocket-Version", "7") },
  { title: "version 8, whose frames are those of 13", opening: header("Sec-WebSocket-Version", "8") },
  { title: "version 14", opening: header("Sec-WebSocket-Version", "14") },
  {
    title: "a version that is no number",
    opening: header("Sec-WebSocket-Version", "new"),
  },
  { title: "no Upgrade", opening: header("Upgrade", null) },
  { title: "another Upgrade", opening: header("Upgrade", "h2c") },
  { title: "no Connection", opening: header("Connection", null) },
  {
    title: "a Connection that upgrades nothing",
    opening: header("Connection", "keep-alive"),
  },
  { title: "HTTP/1.0", opening: { version: "HTTP/1.0" } },
  { title: "no Host", opening: header("Host", null) },
  { title: "another protocol", opening: { version: "XTTP/1.1" } },
  { title: "a head of 100 kB", opening: header("X-Padding", "x".repeat(100_000)) },
];

const methods = ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get"];

export function openingCases(server: () => Reachable): void {
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

  test.each(refused)("is refused with $title", async ({ opening, key }) => {
    const { status } = await answerTo(server(), opening, key);
    expect([400, 426, 431, 505]).toContain(status);
  });

  test("a refused version is answered with the version that is spoken", async () => {
    const answer = await answerTo(server(), header("Sec-WebSocket-Version", "14"));
    expect(answer.headers.get("sec-websocket-version")?.split(/, */)).toContain("13");
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

export function subprotocolCases(server: () => Reachable): void {
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
    test("is refused", async () => {
      expect((await answerTo(server(), header("Sec-WebSocket-Protocol", offer))).status).toBe(400);
    });
  });
}
