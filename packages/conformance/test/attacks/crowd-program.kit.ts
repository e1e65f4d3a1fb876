// A program: clients that send each other messages at an even rate, and tell how long these took.
import { WebSocket } from "ws";
import { answerWith, readSettings } from "./answering.kit.ts";
import type { CrowdRound, CrowdSettings } from "./brute-force.kit.ts";

const { port, clients, password, from, perSecond } = readSettings<CrowdSettings>();
/** Messages go out this often, some at a time. */
const tickMs = 5;

interface Sent {
  readonly atMs: number;
  readonly tell: (tookMs: number) => void;
}

const sockets: WebSocket[] = [];
const underWay = new Map<number, Sent>();
let numbers = 0;

function open(i: number): Promise<void> {
  const options = { perMessageDeflate: false, localAddress: from };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/gateway/websocket`, options);
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`client ${i} was closed with ${code}`)));
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      if (frame.op === 0) {
        const d = { application_id: `crowd-${i}`, client_id: "one", auth: password };
        socket.send(JSON.stringify({ op: 1, d }));
      } else if (frame.op === 2) resolve();
      else if (frame.op === 4 && frame.t === "SEND") arrive(frame.d.payload);
    });
  });
}

function arrive(number: number): void {
  const sent = underWay.get(number);
  underWay.delete(number);
  sent?.tell(performance.now() - sent.atMs);
}

/** Every client to another one, in turn, as many as are due. */
function play(messages: number): Promise<CrowdRound> {
  const took: number[] = [];
  const startedMs = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const tell = (tookMs: number): void => {
      took.push(tookMs);
      if (took.length === messages) resolve(describe(took, performance.now() - startedMs));
    };
    const timer = setInterval(() => {
      const due = Math.min(messages, Math.floor(((performance.now() - startedMs) * perSecond) / 1000));
      while (sent < due) send(sent++, tell);
      if (sent === messages) clearInterval(timer);
    }, tickMs);
  });
}

function send(i: number, tell: Sent["tell"]): void {
  const number = numbers++;
  const target = { application: `crowd-${(i * 7 + 1) % clients}`, ops: [] };
  underWay.set(number, { atMs: performance.now(), tell });
  sockets[i % clients]!.send(JSON.stringify({ op: 4, t: "SEND", d: { target, payload: number } }));
}

function describe(took: number[], tookMs: number): CrowdRound {
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))]!;
  return { messages: took.length, tookMs, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

answerWith(async ({ open: wanted = 0, messages = 0 }: { readonly open?: number; readonly messages?: number }) => {
  // Some at a time, as far as a listen queue goes.
  while (sockets.length < wanted) {
    const more = Math.min(100, wanted - sockets.length);
    await Promise.all(Array.from({ length: more }, () => open(sockets.length)));
  }
  return messages === 0 ? {} : play(messages);
});
