import type { Client, SingyeongError } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

const roundTrips = 10;
/** A bound that a few messages of a check meet is no failure. */
const rateNote = "this server bounds how many come in a second";
const slowMs = 250;
const skewMs = 5000;

/** Steps of a client's life: connecting as a client of `app`, being let in, a message to itself and back. */
export function createClientChecks(session: Session, app: string): readonly Check[] {
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
          const { code, message, advice } = toFailure(error);
          if (code === "auth/forbidden") return warn(`one to itself is not permitted: ${escapeText(message)}`, advice);
          return code === "limit/rate" ? ok(`not sent: ${rateNote}`) : failed(error);
        }
      },
    },
  ];
}

async function sendToItself(client: Client, timeoutMs: number): Promise<Finding> {
  const key = `${Math.random()}`;
  await client.metadata.set({ probe: key }, { timeoutMs });
  const target = { application: client.app, ops: [{ path: "/probe", op: "$eq", to: { value: key } }] } as const;
  const signal = AbortSignal.timeout(timeoutMs);
  const messages = client.messages({ signal });
  const times: number[] = [];
  let skew = 0;
  for (let i = 0; i < roundTrips; i++) {
    const startedMs = performance.now();
    const bounded = await client.send(target, { trip: i }, { timeoutMs }).then(
      () => null,
      (error: SingyeongError) => error,
    );
    if (bounded !== null) {
      if (bounded.code !== "limit/rate" || i === 0) throw bounded;
      break;
    }
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
  const found = judgeTime(`to itself and back, ${plural(times.length, "time")}; the median`, median);
  return times.length === roundTrips ? found : { ...found, message: `${found.message}; ${rateNote}` };
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
