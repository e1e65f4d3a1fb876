import type { Client, Query } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import type { Failure } from "../failure.ts";
import { plural } from "../output/nodes.ts";

/** How something is sent. */
export type Way =
  | { readonly type: "send" | "broadcast" }
  | { readonly type: "call"; readonly method: string }
  | { readonly type: "push"; readonly queue: string }
  | { readonly type: "publish"; readonly topic: string };

/** What became of it, in words, or why nothing did. */
export type Sent = { readonly ok: true; readonly message: string } | { readonly ok: false; readonly failure: Failure };

export interface TracedMessage {
  readonly way: Way;
  readonly target: Query;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export async function sendTraced(client: Client, message: TracedMessage): Promise<Sent> {
  try {
    return { ok: true, message: await send(client, message) };
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

async function send(client: Client, { way, target, payload, headers, timeoutMs }: TracedMessage): Promise<string> {
  switch (way.type) {
    case "send":
    case "broadcast": {
      const { count } = await client[way.type](target, payload, { headers, timeoutMs });
      return `handed to ${plural(count ?? 1, "client")}`;
    }
    case "call":
      await client.call(target, way.method, payload, { headers, deadlineMs: timeoutMs });
      return "answered";
    case "push": {
      const { id } = await client.queue(way.queue).push(target, payload, { headers, timeoutMs });
      return `stored as ${id}`;
    }
    case "publish": {
      const isForAll = Object.keys(target).length === 0;
      const { groups } = await client.publish(way.topic, payload, {
        headers,
        timeoutMs,
        ...(!isForAll && { target }),
      });
      return groups === 0
        ? "stored for nobody: no group has subscribed to it"
        : `stored for ${plural(groups, "group")}`;
    }
  }
}
