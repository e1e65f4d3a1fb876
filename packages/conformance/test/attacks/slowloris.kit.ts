import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { identifiedClient } from "../../src/identified.ts";
import { type ListenerName, type RunningServer, startServer } from "../../src/start-server.ts";
import { askFrom } from "./guest.kit.ts";
import { totalOf } from "./process-figures.kit.ts";

/** A connection that says `first`, then a byte now and then, and tells when the server has ended it. */
interface Trickle {
  readonly socket: Socket;
  readonly ended: Promise<void>;
}

const everyMs = 500;

function trickle(server: RunningServer, first: string, then: string): Promise<Trickle> {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.setDefaultEncoding("latin1");
  let at = 0;
  const timer = setInterval(() => void (socket.writable && socket.write(then[at++ % then.length]!)), everyMs);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    socket.on("end", end).on("close", end).on("error", end);
    socket.resume();
  });
  return new Promise((resolve) => {
    socket.once("connect", () => socket.write(first));
    socket.once("connect", () => resolve({ socket, ended }));
  });
}

const connections = 200;

/** Runs while the connections are open: others are served as if nobody was there. */
async function serves(server: RunningServer): Promise<void> {
  await using client = await identifiedClient(server);
  for (let i = 0; i < 20; i++) {
    expect((await askFrom(server, "/healthz")).status).toBe(200);
    await client.settle();
  }
}

const upgrade =
  "GET /gateway/websocket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/** Peers that take their time, for whatever they can. */
export function describeSlowloris(listener: ListenerName): void {
  describe(`connections that dawdle (${listener})`, () => {
    test("over the head of a request, or over saying anything, are ended while others are served", {
      timeout: 60_000,
    }, async () => {
      await using server = await startServer({ listener });
      const opening = "POST /api/v1/query HTTP/1.1\r\nhost: a\r\nx-slow: ";
      const all = await Promise.all(
        Array.from({ length: connections }, (_, i) =>
          i % 2 === 0 ? trickle(server, opening, "slow") : trickle(server, "", "\r\n"),
        ),
      );
      await serves(server);
      await Promise.all(all.map(({ ended }) => ended));
      for (const { socket } of all) socket.destroy();
      await serves(server);
    });

    test("over identifying are told so and ended, though they do not go themselves", { timeout: 60_000 }, async () => {
      await using server = await startServer({ listener, flags: ["--identify-timeout-ms", "1500"] });
      // The head of a frame that never comes to its end.
      const frame = "\x81\xfe\x7f\xff\0\0\0\0{";
      const all = await Promise.all(Array.from({ length: connections }, () => trickle(server, upgrade, frame)));
      await serves(server);
      await Promise.all(all.map(({ ended }) => ended));
      for (const { socket } of all) socket.destroy();
      const { text } = await askFrom(server, "/metrics");
      expect(totalOf(text, "singyeong_errors_total", "identify/timeout")).toBe(connections);
      expect(totalOf(text, "singyeong_unidentified ")).toBe(0);
    });
  });
}
