// A program: guesses passwords from several addresses, at an even rate or as fast as it is answered.
import { connect } from "node:net";
import { answerWith, readSettings } from "./answering.kit.ts";
import type { Guesses, GuessingSettings } from "./brute-force.kit.ts";

const { port, over, perSecond, connections, addresses, isForwarded } = readSettings<GuessingSettings>();
const tickMs = 2;
const counts: Guesses = { tried: 0, wrong: 0, throttled: 0, right: 0, failed: 0, tookMs: 0 };
let isOn = false;
let startedMs = 0;
let started = 0;
/** What can try once more, by calling it. */
let idle: (() => void)[] = [];

const passwordOf = (n: number): string => `guess-${n}-${(n * 2_654_435_761) % 4_294_967_296}`;

/** Another one each time, all over the network 10.0.0.0/8. */
const addressOf = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

function settle(outcome: "wrong" | "throttled" | "right" | "failed", again: () => void): void {
  counts[outcome]++;
  idle.push(again);
}

/** A connection that is kept alive: one request at a time. */
function openHttp(address: string): Promise<() => void> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: address, noDelay: true });
  let received = "";
  const tryOnce = (): void => {
    const n = counts.tried++;
    const forwarded = isForwarded ? `x-forwarded-for: ${addressOf(n)}\r\n` : "";
    socket.write(`GET /metrics HTTP/1.1\r\nhost: a\r\n${forwarded}authorization: Bearer ${passwordOf(n)}\r\n\r\n`);
  };
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    const end = received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const status = received.slice(9, 12);
    received = "";
    settle(status === "401" ? "wrong" : status === "429" ? "throttled" : "right", tryOnce);
  });
  socket.on("error", () => {});
  return new Promise((resolve) => socket.once("connect", () => resolve(tryOnce)));
}

/** A place for one connection after the other, since each WebSocket has one attempt. */
function createPlace(address: string): () => void {
  const tryOnce = (): void => {
    counts.tried++;
    const socket = connect({ port, host: "127.0.0.1", localAddress: address, noDelay: true });
    let outcome: "wrong" | "throttled" | "right" | "failed" = "failed";
    socket.write(upgrade);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      if (chunk.includes('"op":0')) socket.write(textFrame(identify(passwordOf(counts.tried))));
      outcome = outcomeOf(chunk) ?? outcome;
      // With a reset no port is spent on waiting.
      if (outcome !== "failed") socket.resetAndDestroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => settle(outcome, tryOnce));
  };
  return tryOnce;
}

const upgrade =
  "GET /gateway/websocket HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const identify = (auth: string): string =>
  JSON.stringify({ op: 1, d: { application_id: "guessers", client_id: `g-${counts.tried}`, auth } });

function outcomeOf(chunk: string): "wrong" | "throttled" | "right" | null {
  if (chunk.includes("auth/throttled")) return "throttled";
  if (!chunk.includes('"op":2')) return null;
  return chunk.includes('"restricted":true') ? "wrong" : "right";
}

function textFrame(text: string): Buffer {
  const bytes = Buffer.from(text);
  // A mask of zeros is a mask. What is said here is short.
  const head = Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]);
  return Buffer.concat([head, bytes]);
}

function pump(): void {
  if (!isOn) return;
  const due = Math.floor(((performance.now() - startedMs) * perSecond) / 1000);
  const now = idle.splice(0, Math.max(0, due - started));
  started += now.length;
  for (const tryOnce of now) tryOnce();
}

async function prepare(): Promise<void> {
  const from = (i: number): string => addresses[i % addresses.length]!;
  if (over === "sockets") idle = Array.from({ length: connections }, (_, i) => createPlace(from(i)));
  else idle = await Promise.all(Array.from({ length: connections }, (_, i) => openHttp(from(i))));
  setInterval(pump, tickMs);
}

const ready = prepare();

answerWith(async ({ attack }: { readonly attack?: boolean }) => {
  await ready;
  isOn = attack ?? isOn;
  if (attack) {
    startedMs = performance.now();
    started = 0;
    Object.assign(counts, { tried: 0, wrong: 0, throttled: 0, right: 0, failed: 0 });
  }
  // Whoever asks often does not keep it from its work.
  await new Promise((resolve) => setImmediate(resolve));
  return { ...counts, tookMs: performance.now() - startedMs };
});
