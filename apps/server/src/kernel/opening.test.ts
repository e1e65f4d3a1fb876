import { expect, test } from "vitest";
import type { HeaderList } from "../ports/listener.ts";
import { refuseOpening } from "./opening.ts";

/** A request as it should be, with some of its headers given otherwise, and others added. */
function opening(changed: Readonly<Record<string, string | null>> = {}, added: HeaderList = []): HeaderList {
  const usual = {
    host: "x",
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
  };
  const list = Object.entries({ ...usual, ...changed }).filter(
    (header): header is [string, string] => header[1] !== null,
  );
  return [...list, ...added];
}

test.each([
  ["as it should be", opening()],
  [
    "with words in other cases, and among others",
    opening({ upgrade: "h2c, WebSocket", connection: "keep-alive, UPGRADE" }),
  ],
  [
    "with subprotocols",
    opening({}, [
      ["sec-websocket-protocol", "a, b"],
      ["sec-websocket-protocol", "c"],
    ]),
  ],
])("a request %s is taken", (_title, headers) => {
  expect(refuseOpening(headers)).toBe(null);
});

test.each([
  ["no Upgrade", 426, opening({ upgrade: null })],
  ["another Upgrade", 426, opening({ upgrade: "h2c" })],
  ["no Connection", 426, opening({ connection: null })],
  ["no version", 426, opening({ "sec-websocket-version": null })],
  ["another version", 426, opening({ "sec-websocket-version": "8" })],
  ["two versions", 426, opening({}, [["sec-websocket-version", "13"]])],
  ["no key", 400, opening({ "sec-websocket-key": null })],
  ["a key that is no base64", 400, opening({ "sec-websocket-key": "!!!!!!!!!!!!!!!!!!!!!!==" })],
  ["a key of 18 bytes", 400, opening({ "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAAAA" })],
  ["two keys", 400, opening({}, [["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="]])],
  ["a subprotocol that is no token", 400, opening({}, [["sec-websocket-protocol", "two words"]])],
  ["an empty subprotocol", 400, opening({}, [["sec-websocket-protocol", "a,,b"]])],
])("a request with %s is refused with %i", (_title, status, headers) => {
  expect(refuseOpening(headers)).toBe(status);
});
