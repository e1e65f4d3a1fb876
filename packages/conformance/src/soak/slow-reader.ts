import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type ListenerName, startServer } from "../start-server.ts";
import { firstCredit, newStream, type StreamEnd } from "../streams.ts";

export interface SlowReaderOptions {
  readonly listener: ListenerName;
  /** How much goes through the stream, in MiB. */
  readonly streamMiB: number;
}

/** What the server's process took, in bytes of resident memory. */
export interface SlowReaderReport {
  readonly beforeBytes: number;
  /** The most while the stream was open; looked at with every MiB of it. */
  readonly peakBytes: number;
  readonly messages: number;
}

const messageBytes = 16_384;
const messagesPerMiB = 1_048_576 / messageBytes;
/** The reader takes its time for one message in so many, the first ones. */
const slowShare = 16;
const slowPauseMs = 1;
/** From then on it gives credit for so many at once. */
const quickCredit = 8;
/** As in `docs/protocol/stream.md`, where nobody configured it otherwise. */
const streamBytes = 262_144;

/**
 * Sends a long stream through a server of its own to a reader that is slow at first and quick then, by a sender that is always at
 * its limit. Rejects where a message is lost, or out of order.
 */
export async function soakSlowReader({ listener, streamMiB }: SlowReaderOptions): Promise<SlowReaderReport> {
  const server = await startServer({ listener });
  try {
    const { caller, callee } = await newStream(server);
    const messages = streamMiB * messagesPerMiB;
    const memory = await watchMemory(server.pid);
    await Promise.all([write(caller, messages), read(callee, messages, memory.look)]);
    return { beforeBytes: memory.beforeBytes, peakBytes: await memory.look(), messages };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

async function read(end: StreamEnd, messages: number, look: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < messages; i++) {
    const { payload } = await end.take("DATA");
    if (payload.i !== i) throw new Error(`expected message ${i}, got ${payload.i}`);
    if (i % messagesPerMiB === 0) await look();
    if (i < messages / slowShare) {
      await pause(slowPauseMs);
      end.credit(1);
    } else if (i % quickCredit === quickCredit - 1) end.credit(quickCredit);
  }
  const last = await end.take("DATA");
  if (last.end !== true) throw new Error("expected the end");
}

/** Looks at a process now, and again whenever it is told to; that resolves with the most there was. */
async function watchMemory(pid: number): Promise<{ readonly beforeBytes: number; look(): Promise<number> }> {
  const beforeBytes = await residentBytes(pid);
  let peakBytes = beforeBytes;
  return {
    beforeBytes,
    async look() {
      peakBytes = Math.max(peakBytes, await residentBytes(pid));
      return peakBytes;
    },
  };
}

/** Sends as much as credit and bytes allow, at any time. */
async function write(end: StreamEnd, messages: number): Promise<void> {
  const filler = "x".repeat(messageBytes);
  const underWay: number[] = [];
  let credit = firstCredit;
  let bytes = 0;
  for (let i = 0; i < messages; i++) {
    while (credit === 0 || bytes >= streamBytes) {
      const { n } = await end.take("CREDIT");
      credit += n;
      for (const size of underWay.splice(0, n)) bytes -= size;
    }
    const frame = end.client.codec.encode({ op: 4, t: "DATA", d: { id: end.id, payload: { i, filler } } });
    end.client.sendRaw(frame);
    credit--;
    bytes += frame.length;
    underWay.push(frame.length);
  }
  end.data({ end: true });
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`no VmRSS of process ${pid}`);
  return Number(kibibytes) * 1024;
}
