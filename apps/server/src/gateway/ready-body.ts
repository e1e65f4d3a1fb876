import type { Value } from "@singyeong/protocol";
import type { Grant } from "../ports/authenticator.ts";
import type { Client } from "../registry/client.ts";
import type { ResumableSession } from "../resume/resumable-session.ts";
import { authCap } from "./authenticate.ts";
import { msLeft } from "./grant.ts";

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
  grant: Grant,
) => { readonly [key: string]: Value };

/** Clients that named no capability see v1's two keys and nothing else. */
export function createReadyBody({ node, limits, resumeMs }: ServerDescription, now: () => number): ReadyBody {
  const limitsWithResume = { ...limits, resume_ms: resumeMs };
  return (client, hasNamedCaps, resumable, outcome, grant) => {
    const body = { client_id: client.id, restricted: client.restricted };
    if (!hasNamedCaps) return body;
    const expiry = client.caps.includes(authCap) ? { expires_ms: msLeft(grant, now()) } : null;
    const said = { ...body, caps: client.caps, node, ...expiry };
    if (resumable === null) return { ...said, limits };
    return { ...said, limits: limitsWithResume, session: resumable.token, ...outcome };
  };
}
