import type { Client } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import type { Session } from "../session.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

const app = "sg-doctor";
const roundTrips = 10;
const slowMs = 250;
const skewMs = 5000;

/** Steps of a client's life: connecting, being let in, a message to itself and back. */
export function createClientChecks(session: Session): readonly Check[] {
  let client: Client;
  let latencyMs: Promise<number | null>;
  const { timeout } = session.global;
  return [
    {
      name: "client",
      essential: true,
      async run() {
        const startedMs = performance.now();
        try {
          client = await session.connect({ app, reconnect: false });
          latencyMs = firstLatency(client, timeout);
        } catch (error) {
          return failed(error);
        }
        const tookMs = performance.now() - startedMs;
        if (client.restricted)
          return fail(
            "refused",
            "connected, but restricted: it may neither send nor query",
            "The server wants its password, see above.",
          );
        return ok(`connected over a WebSocket and let in, in ${formatDuration(tookMs)}`);
      },
    },
    {
      name: "heartbeat",
      async run() {
        const ms = await latencyMs;
        if (ms === null)
          return fail("timeout", "not answered in time", "Something between here and the server may hold frames back.");
        return judgeTime("answered", ms);
      },
    },
    {
      name: "message",
      async run() {
        try {
          return await sendToItself(client, timeout);
        } catch (error) {
          return failed(error);
        }
      },
    },
  ];
}

async function sendToItself(client: Client, timeoutMs: number): Promise<Finding> {
  const key = `${Math.random()}`;
  await client.metadata.set({ probe: key }, { timeoutMs });
  const target = { application: app, ops: [{ path: "/probe", op: "$eq", to: { value: key } }] } as const;
  const signal = AbortSignal.timeout(timeoutMs);
  const messages = client.messages({ signal });
  const times: number[] = [];
  let skew = 0;
  for (let i = 0; i < roundTrips; i++) {
    const startedMs = performance.now();
    await client.send(target, { trip: i }, { timeoutMs });
    const { value: message } = await messages.next();
    if (message === undefined)
      return fail(
        "timeout",
        "sent to itself, and it did not come back in time",
        "Something between here and the server may hold frames back.",
      );
    times.push(performance.now() - startedMs);
    skew = Date.now() - message.sentAtMs;
  }
  messages.close();
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)]!;
  if (Math.abs(skew) > skewMs)
    return warn(
      `to itself and back, but the clocks differ by ${formatDuration(Math.abs(skew))}`,
      "Set the clock of this machine or of the server.",
    );
  return judgeTime(`to itself and back, ${roundTrips} times; the median`, median);
}

function judgeTime(what: string, ms: number): Finding {
  const text = `${what} in ${formatDuration(ms)}`;
  return ms > slowMs ? warn(text, "That is slow: the server is far away, or busy.") : ok(text);
}

function firstLatency(client: Client, timeoutMs: number): Promise<number | null> {
  return new Promise((resolve) => {
    if (client.latencyMs !== null) return resolve(client.latencyMs);
    const timer = setTimeout(() => resolve(null), timeoutMs);
    const off = client.on("latency", ({ ms }) => {
      clearTimeout(timer);
      off();
      resolve(ms);
    });
  });
}

function failed(error: unknown): Finding {
  const { outcome, message, advice } = toFailure(error);
  return fail(outcome, escapeText(message), advice);
}
