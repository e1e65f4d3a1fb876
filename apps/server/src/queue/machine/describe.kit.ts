/** Messages as the queues list them and as their model has them, made comparable. */
import type { QueueStore, Standing } from "../../ports/queue-store.ts";
import { decodeContent } from "../content.ts";
import { formatMessageId } from "../message-id.ts";
import type { Site } from "../queues.kit.ts";
import type { QueuePage } from "../queues.ts";
import { queueNames } from "./commands.kit.ts";
import type { ModelMessage } from "./model.kit.ts";

type Listed = QueuePage["messages"][number];

const states = ["ready", "leased", "delayed", "dead"] as const;

/** Everything that there is, by queue and state, in order. */
export async function listMessages({ queues }: Site): Promise<Listed[]> {
  const lists: Listed[] = [];
  for (const name of queueNames) {
    for (const state of states) {
      const page = { state, limit: 1000, maxBytes: Number.POSITIVE_INFINITY, after: null };
      const found = await queues.admin.messages(name, page);
      if (found !== null && "messages" in found) lists.push(...found.messages);
    }
  }
  return lists;
}

/** A message as a store holds it. */
export interface Held {
  readonly token: number;
  readonly id: string;
  readonly standing: Standing;
}

/** What a store holds, by turn. */
export async function readStore(store: QueueStore): Promise<Held[]> {
  const held: Held[] = [];
  for await (const page of store.recover()) {
    for (const found of page) {
      if (found.kind !== "message") continue;
      const { seq, standing } = found.message;
      const [body] = await store.read([seq]);
      held.push({ token: Number(decodeContent(body!).payload), id: formatMessageId(seq), standing });
    }
  }
  return held.sort((a, b) => a.standing.turn - b.standing.turn);
}

const byToken = (a: { token: number }, b: { token: number }): number => a.token - b.token;

export function describeListed(listed: readonly Listed[]): object[] {
  return listed
    .map(({ payload, queue, state, attempt, expires_ms, cause, due_ms, holder }) => ({
      token: payload as number,
      queue,
      state,
      attempt,
      expiresMs: expires_ms ?? 0,
      cause,
      dueMs: due_ms ?? 0,
      holder: holder?.client_id ?? null,
    }))
    .sort(byToken);
}

export function describeModel(messages: readonly ModelMessage[]): object[] {
  return messages
    .map(({ token, queue, state, attempt, expiresMs, cause, dueMs, holder }) => {
      return {
        token,
        queue,
        state,
        attempt,
        expiresMs,
        cause,
        dueMs: state === "ready" ? 0 : dueMs,
        holder: state === "leased" ? holder : null,
      };
    })
    .sort(byToken);
}
