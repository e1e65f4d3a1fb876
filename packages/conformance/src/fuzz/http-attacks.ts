import { connect } from "node:net";
import { ask } from "../http.ts";
import type { RunningServer } from "../start-server.ts";
import type { Chance } from "./chance.ts";
import { hostileJson } from "./hostile.ts";

/** Requests that are none: whatever comes back, the connection must end once we end it. */
export async function strikeHttp(server: RunningServer, chance: Chance): Promise<void> {
  const key = "x".repeat(24);
  const data = chance.pick([
    chance.bytes(chance.below(400)),
    Buffer.from("GET / HTTP/9.9\r\n\r\n"),
    Buffer.from(`GET /${"a".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
    Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\n${"h".repeat(70_000)}: 1\r\n\r\n`),
    Buffer.from("POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999999999999999\r\n\r\n{"),
    Buffer.from("POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n{"),
    Buffer.from("POST /api/v1/query HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffff\r\n{"),
    Buffer.from("POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"),
    Buffer.from("GET /api/v1/discovery/tags?q=%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n"),
    Buffer.from(
      `GET /gateway/websocket HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 99\r\nsec-websocket-key: ${key}\r\n\r\n`,
    ),
  ]);
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.end(data));
    socket.on("error", () => {}).on("close", () => resolve());
    // An answer means that it has been read; for those that get none, our own end is enough.
    socket.once("data", () => socket.destroy());
    socket.once("finish", () => setImmediate(() => socket.destroy()));
  });
}

/** Bodies that are JSON and mean no good: answered with 200 or 400, never with 500. */
export async function strikeRoutes(server: RunningServer, chance: Chance): Promise<void> {
  const path = chance.pick(["/api/v1/query", "/api/v1/explain"]);
  const body = chance.pick([
    hostileJson(chance),
    `{"ops":${hostileJson(chance)},"application":${hostileJson(chance)}}`,
  ]);
  const { status, text } = await ask(server, "POST", path, { body });
  if (status !== 200 && status !== 400) throw new Error(`${path} answered ${status} ${text} to ${body}`);
}
