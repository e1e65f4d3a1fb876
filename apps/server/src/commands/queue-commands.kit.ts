/** Runs queue events against queues that write down what they are asked, and answer what a test tells them to. */
import { type Codec, type Frame, isFault, jsonCodec } from "@singyeong/protocol/codec";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createErrorTallies } from "../gateway/error-tallies.ts";
import type { Push, PushOutcome, Queues, Refused, Settled } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import { createTestClient, createTestMetrics, readFrames } from "../testing/fixtures.ts";
import type { Outcome, Services } from "./command.ts";
import { createReplies } from "./replies.ts";
import { commands } from "./table.ts";

export interface Asked {
  readonly name: string;
  readonly parameters: readonly unknown[];
}

export function createQueueCommands(caps: readonly string[] = ["queue2", "receipt"], codec: Codec = jsonCodec) {
  const { client, outbox } = createTestClient({ id: "c", caps }, codec);
  const asked: Asked[] = [];
  const pushes: { readonly push: Push; readonly settle: Settled<PushOutcome> }[] = [];
  const settled: (Settled<void> | null)[] = [];
  let refusal: Refused = null;
  const note =
    (name: string) =>
    (_: Client, ...parameters: unknown[]): Refused => {
      asked.push({ name, parameters: parameters.filter((parameter) => typeof parameter !== "function") });
      const last = parameters.at(-1);
      if (typeof last === "function") settled.push(last as Settled<void>);
      return refusal;
    };
  const queues = {
    push: (push: Push, settle: Settled<PushOutcome>) => void pushes.push({ push, settle }),
    request: note("request"),
    cancel: note("cancel"),
    ack: note("ack"),
    nack: note("nack"),
    extend: note("extend"),
  } as unknown as Queues;
  const replies = createReplies(createSteppedClock(0), createErrorTallies(createTestMetrics()));

  function read(t: string, d: unknown, nonce?: unknown): Frame {
    const bytes = codec.encode({ op: 4, t, d, ...(nonce === undefined ? {} : { nonce }) } as never);
    const frame = codec.readFrame(typeof bytes === "string" ? Buffer.from(bytes) : bytes, { maxDepth: 20 });
    if (isFault(frame)) throw new Error(frame.message);
    return frame;
  }

  return {
    client,
    asked,
    pushes,
    settled,
    frames: () => readFrames(outbox),
    refuseWith(refused: Refused) {
      refusal = refused;
    },
    /** Has the client join, so that it may ask. */
    join() {
      client.membership = { populations: [], slots: [], point: 0 };
    },
    run: (t: string, d: unknown, nonce?: unknown): Outcome =>
      commands.get(t)!.run({ queues, replies } as unknown as Services, client, read(t, d, nonce)),
  };
}
