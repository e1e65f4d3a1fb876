import { Op } from "@singyeong/protocol";
import type { NodeInfo } from "../http/node-info.ts";
import { readNodes } from "../http/read-nodes.ts";
import type { Messenger } from "../messaging/messenger.ts";
import { quiet } from "../messaging/quiet.ts";
import type { Query } from "../query/query.ts";

/** How long to wait, and for whom to stop. */
export interface QueryOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the server which clients a query matches; over the next connection again, where this one is lost. */
export function queryNodes(
  { post, nextNonce }: Pick<Messenger, "post" | "nextNonce">,
  query: Query,
  options: QueryOptions = {},
): Promise<readonly NodeInfo[]> {
  const nonce = nextNonce();
  const frame = { op: Op.dispatch, t: "QUERY_NODES", d: query, nonce };
  const how = { awaits: "answer", nonce, repeatable: true } as const;
  return quiet(
    post(frame, how, options, (answer) => answer as { nodes?: unknown }).then(({ nodes }) => readNodes(nodes)),
  );
}
