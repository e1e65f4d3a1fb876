import { createHistogram } from "node:perf_hooks";
import type { Client, ConnectOptions } from "@singyeong/client";
import { createPatience } from "./patience.ts";

export interface BenchOptions {
  readonly event: "send" | "broadcast";
  readonly messages: number;
  readonly sizeBytes: number;
  /** Who receives. */
  readonly clients: number;
  readonly senders: number;
  /** Messages of one sender that have not arrived yet. */
  readonly inFlight: number;
  /** How long nothing may arrive before what is missing counts as lost. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
  connect(options: ConnectOptions): Promise<Client>;
  /** Told how many messages have arrived, of how many. */
  progress(arrived: number, expected: number): void;
}

/** Times in milliseconds. */
export interface BenchResult {
  readonly sent: number;
  readonly expected: number;
  readonly received: number;
  readonly seconds: number;
  readonly receivedPerSecond: number;
  readonly latencyMs: {
    readonly min: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
}

interface BenchPayload {
  readonly phase: string;
  readonly sender: number;
  readonly index: number;
  readonly pad: string;
}

const warmUpMessages = 500;
/** Messages that may wait at a receiver, at the least. */
const leastWaiting = 1000;
const nanosecondsPerMs = 1e6;

/** Sends messages between clients of its own and times them from before `send` until they are there. */
export async function measure(options: BenchOptions): Promise<BenchResult> {
  const app = `sg-bench-${Math.random().toString(36).slice(2, 10)}`;
  const receivers = await connectAll(options.clients, () => options.connect({ app }));
  const senders = await connectAll(options.senders, () => options.connect({ app: `${app}-sender` }));
  const warmUp = Math.min(warmUpMessages, options.messages);
  await run("warm-up", senders, receivers, app, { ...options, messages: warmUp, progress() {} });
  return run("measure", senders, receivers, app, options);
}

/** Connects a few at a time, so that a thousand do not meet a server's backlog at once. */
async function connectAll(count: number, connect: () => Promise<Client>): Promise<readonly Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(20, count - clients.length) }, connect);
    clients.push(...(await Promise.all(batch)));
  }
  return clients;
}

/** One phase: its messages sent, and arrived or given up. */
async function run(
  name: string,
  senders: readonly Client[],
  receivers: readonly Client[],
  app: string,
  options: BenchOptions,
): Promise<BenchResult> {
  const { event, messages, inFlight } = options;
  const copies = event === "broadcast" ? receivers.length : 1;
  const expected = messages * copies;
  const latency = createHistogram();
  const pad = createPad(options.sizeBytes);
  const sentAtMs = new Float64Array(messages);
  const lanes = senders.map((): Lane => ({ underWay: 0, wake: null }));
  const patience = createPatience(options, () => wakeAll(lanes));
  let received = 0;
  let sent = 0;

  const maxWaiting = Math.max(leastWaiting, inFlight * senders.length);
  const subscriptions = receivers.map((receiver) =>
    receiver.messages(
      ({ payload }) => {
        const { phase, sender, index } = payload as BenchPayload;
        if (phase !== name) return;
        patience.renew();
        const lane = lanes[sender]!;
        latency.record(Math.max(1, Math.round((patience.renewedAtMs - sentAtMs[index]!) * nanosecondsPerMs)));
        received++;
        lane.underWay--;
        options.progress(received, expected);
        lane.wake?.();
      },
      { maxWaiting },
    ),
  );

  async function sendShare(client: Client, sender: number): Promise<void> {
    const lane = lanes[sender]!;
    for (let index = sender; index < messages && !patience.over; index += senders.length) {
      while (lane.underWay >= inFlight * copies && !patience.over) await arrival(lane);
      lane.underWay += copies;
      sentAtMs[index] = performance.now();
      sent++;
      const handOver = event === "broadcast" ? client.broadcast : client.send;
      handOver.call(client, app, { phase: name, sender, index, pad }, { receipt: false }).catch(patience.fail);
    }
    while (lane.underWay > 0 && !patience.over) await arrival(lane);
  }

  const startedMs = performance.now();
  await Promise.all(senders.map(sendShare));
  for (const subscription of subscriptions) subscription.close();
  patience.end();
  const seconds = Math.max(patience.renewedAtMs - startedMs, 0.001) / 1000;
  const at = (percent: number): number => (received === 0 ? 0 : latency.percentile(percent) / nanosecondsPerMs);
  return {
    sent,
    expected,
    received,
    seconds,
    receivedPerSecond: received / seconds,
    latencyMs: {
      min: received === 0 ? 0 : latency.min / nanosecondsPerMs,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      max: received === 0 ? 0 : latency.max / nanosecondsPerMs,
    },
  };
}

/** What one sender has under way. */
interface Lane {
  /** Copies that have not arrived. */
  underWay: number;
  /** Goes on with the sender that waits, if one does. */
  wake: (() => void) | null;
}

/** Waits until something of this sender arrives, or all patience ends. */
function arrival(lane: Lane): Promise<void> {
  return new Promise((resolve) => {
    lane.wake = () => {
      lane.wake = null;
      resolve();
    };
  });
}

function wakeAll(lanes: readonly Lane[]): void {
  for (const { wake } of lanes) wake?.();
}

/** Filling that brings a payload to about the size asked for. */
function createPad(sizeBytes: number): string {
  const empty = JSON.stringify({ phase: "measure", sender: 0, index: 10_000, pad: "" }).length;
  return "x".repeat(Math.max(0, sizeBytes - empty));
}
