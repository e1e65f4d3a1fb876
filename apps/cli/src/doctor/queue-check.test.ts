import { expect, it } from "vitest";
import type { QueueInfo } from "../queue/queue-api.ts";
import { judge } from "./queue-check.ts";

function queue(name: string, counts: Partial<QueueInfo> = {}): QueueInfo {
  const none = { ready: 0, leased: 0, delayed: 0, dead: 0, bytes: 0, consumers: 0, openRequests: 0, oldestMs: null };
  return { queue: name, ...none, paused: false, ...counts };
}

it.each<[string, readonly QueueInfo[], string, string]>([
  ["nothing", [], "ok", "there is none"],
  [
    "messages on their way",
    [queue("a", { ready: 2, leased: 1 }), queue("b", { delayed: 1 })],
    "ok",
    "2 queues, 4 messages",
  ],
  ["dead messages", [queue("a", { dead: 2 }), queue("b", { ready: 1 })], "warn", "2 queues, 1 message; 2 dead in a"],
  [
    "dead messages in many",
    ["a", "b", "c", "d", "e"].map((name) => queue(name, { dead: 1 })),
    "warn",
    "5 queues, 0 messages; 5 dead in a, b, c, 2 more",
  ],
  ["a pause", [queue("a\u001b", { paused: true })], "warn", "1 queue, 0 messages; paused: a\\u001b"],
])("%s of queues is told", (_what, queues, status, message) =>
  expect(judge(queues)).toMatchObject({ status, message }),
);
