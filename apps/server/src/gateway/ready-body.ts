import type { Value } from "@singyeong/protocol";
import type { Client } from "../registry/client.ts";
import type { ResumableSession } from "../resume/resumable-session.ts";

/** What a client with capabilities learns in ready. */
export interface ServerDescription {
  readonly node: string;
  readonly limits: Readonly<Record<string, number>>;
  /** Extensions that this server has. */
  readonly caps: ReadonlySet<string>;
  /** For clients with `resume`: how long they may be away. */
  readonly resumeMs: number;
}

/** `d` of ready; `resumable` and `outcome` of clients with `resume`, the latter where they asked for a session. */
export type ReadyBody = (
  client: Client,
  hasNamedCaps: boolean,
  resumable: ResumableSession | null,
  outcome: { readonly [key: string]: Value } | null,
) => { readonly [key: string]: Value };

/** Clients that named no capability see v1's two keys and nothing else. */
export function createReadyBody({ node, limits, resumeMs }: ServerDescription): ReadyBody {
  const limitsWithResume = { ...limits, resume_ms: resumeMs };
  return (client, hasNamedCaps, resumable, outcome) => {
    const body = { client_id: client.id, restricted: client.restricted };
    if (!hasNamedCaps) return body;
    const said = { ...body, caps: client.caps, node };
    if (resumable === null) return { ...said, limits };
    return { ...said, limits: limitsWithResume, session: resumable.token, ...outcome };
  };
}
