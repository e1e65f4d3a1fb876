import type { Client, ConnectOptions } from "@singyeong/client";
import { codeOf, equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next, only } from "./parties.ts";

type Encoding = NonNullable<ConnectOptions["encoding"]>;

/** Time after which the server gives up who does not come back, so that a killed process shows soon. */
const impatient = ["--resume-ms", "200"] as const;

/** Two clients call each other, each as much a service as the other; `here` and `there` are their encodings. */
export function calls(here: Encoding, there: Encoding): Scenario {
  return async (world) => {
    const server = await world.startServer();
    await using ann = await join(server, "ann", { encoding: here, metadata: { who: "ann" } });
    await using bob = await join(server, "bob", { encoding: there, metadata: { who: "bob" } });
    for (const [caller, callee] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      await answersCome(caller, callee);
      await messagesStream(caller, callee);
      await callbacksAreCalled(caller, callee);
      await cancellationArrives(caller, callee);
    }
  };
}

async function answersCome(caller: Client, callee: Client): Promise<void> {
  await using _service = callee.serve({
    add: ({ a, b }: { a: number; b: number }) => a + b,
    refuse: () => {
      throw Object.assign(new Error("not like that"), { code: "desk/refused" });
    },
    fail: () => {
      throw new Error("by mistake");
    },
    echo: (input: unknown) => input,
  });
  equal(await caller.call(whom(callee), "add", { a: 2, b: 3 }), 5, "a sum");
  const big = { id: 2n ** 63n - 1n, text: "안녕 👋", none: null };
  equal(await caller.call(whom(callee), "echo", big), big, "what was echoed");
  equal(await codeOf(caller.call(whom(callee), "fail")), "stream/failed", "a handler that threw");
  equal(
    await codeOf(caller.call(whom(callee), "nobody handles this")),
    "stream/rejected",
    "a method without a handler",
  );
  equal(await codeOf(caller.call(only("nobody"), "add")), "route/no-match", "a call to nobody");
  const many = Array.from({ length: 200 }, (_, i) => caller.call(whom(callee), "add", { a: i, b: i }));
  equal(
    await Promise.all(many),
    Array.from({ length: 200 }, (_, i) => 2 * i),
    "200 sums at once",
  );
}

async function messagesStream(caller: Client, callee: Client): Promise<void> {
  await using _service = callee.serve({
    async *count(to: number) {
      for (let i = 0; i < to; i++) yield { i };
    },
    async sum(numbers: AsyncIterable<number>) {
      let sum = 0;
      for await (const number of numbers) sum += number;
      return sum;
    },
  });
  const seen: unknown[] = [];
  for await (const message of caller.call(whom(callee), "count", 2000)) seen.push((message as { i: number }).i);
  equal(
    seen,
    Array.from({ length: 2000 }, (_, i) => i),
    "a stream of answers",
  );
  async function* numbers() {
    for (let i = 1; i <= 1000; i++) yield i;
  }
  equal(await caller.call(whom(callee), "sum", numbers()), 500_500, "the sum of a stream");
}

async function callbacksAreCalled(caller: Client, callee: Client): Promise<void> {
  await using _service = callee.serve({
    async work({ progress }: { progress: (percent: number) => Promise<unknown> }) {
      const answers = [await progress(50), await progress(100)];
      return answers;
    },
  });
  const heard: number[] = [];
  const progress = (percent: number) => {
    heard.push(percent);
    return `${percent} %`;
  };
  equal(await caller.call(whom(callee), "work", { progress }), ["50 %", "100 %"], "what the callback returned");
  equal(heard, [50, 100], "what the callback was given");
}

async function cancellationArrives(caller: Client, callee: Client): Promise<void> {
  const { promise: begun, resolve: noteBegun } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: noteAborted } = Promise.withResolvers<unknown>();
  await using _service = callee.serve({
    wait: (_input: unknown, { signal }) => {
      signal.addEventListener("abort", () => noteAborted((signal.reason as { code: unknown }).code));
      noteBegun();
      return aborted;
    },
  });
  const cancelling = new AbortController();
  const call = caller.call(whom(callee), "wait", null, { signal: cancelling.signal });
  const code = codeOf(call);
  await begun;
  cancelling.abort();
  equal(await code, "client/aborted", "a call that was cancelled");
  equal(await aborted, "stream/cancelled", "why the handler's signal was aborted");
}

const whom = (client: Client) => only(client.id);

/** The process of a callee is killed in the middle of a stream, that of a caller while it waits for one. */
export const killedPeers: Scenario = async (world) => {
  const server = await world.startServer(...impatient);
  await using ann = await join(server, "ann", { metadata: { who: "ann" } });
  const counter = await world.startPeer("counter", server);
  const seen: unknown[] = [];
  const counting = (async () => {
    for await (const i of ann.call(only("counter"), "count")) {
      seen.push(i);
      if (seen.length === 500) await world.killPeer(counter);
    }
  })();
  const error = await counting.then(
    () => null,
    (error: { code: unknown; delivered: unknown }) => error,
  );
  equal([error?.code, error?.delivered], ["stream/peer-lost", true], "a callee that was killed");
  holds(seen.length >= 500, "what had come was read");
  equal(
    seen,
    Array.from({ length: seen.length }, (_, i) => i),
    "numbers up to the kill",
  );

  const { promise: aborted, resolve: noteAborted } = Promise.withResolvers<unknown>();
  const inbox = ann.messages();
  await using _service = ann.serve({
    async *watch(_input: unknown, { signal }) {
      yield "first";
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      noteAborted((signal.reason as { code: unknown }).code);
    },
  });
  const watcher = await world.startPeer("watcher", server);
  equal((await inbox.next()).value?.payload, { seen: "first" }, "what the caller saw");
  await world.killPeer(watcher);
  equal(await aborted, "stream/cancelled", "why the handler's signal was aborted when its caller was killed");
};

/** The server is killed in the middle of a stream and comes back: the call fails, the handler stops, and calls go through again. */
export const killedServer: Scenario = async (world) => {
  const server = await world.startServer();
  await using ann = await join(server, "ann", { metadata: { who: "ann" } });
  await using bob = await join(server, "bob", { metadata: { who: "bob" } });
  const { promise: stopped, resolve: noteStopped } = Promise.withResolvers<void>();
  await using _service = bob.serve({
    async *count(_input: unknown, { signal }) {
      signal.addEventListener("abort", () => noteStopped());
      for (let i = 0; !signal.aborted; i++) yield i;
    },
    add: ({ a, b }: { a: number; b: number }) => a + b,
  });
  const { promise: under, resolve: noteUnder } = Promise.withResolvers<void>();
  let seen = 0;
  const counting = (async () => {
    for await (const i of ann.call(only("bob"), "count")) {
      equal(i, seen++, "the next number");
      if (seen === 300) noteUnder();
    }
  })();
  const code = codeOf(counting);
  await under;
  const back = [next(ann, "connected"), next(bob, "connected")];
  await world.killServer(server);
  await world.restartServer(server);
  equal(await code, "client/connection-lost", "a call when the server was killed");
  await Promise.all([...back, stopped]);
  equal(await ann.call(only("bob"), "add", { a: 1, b: 2 }, { waitMs: 5000 }), 3, "a call to the server that came back");
};
