import { Op } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import { Authenticate } from "@singyeong/protocol/schema";
import { Compile } from "typebox/compile";
import type { Replies } from "../commands/replies.ts";
import type { Authenticator, Grant, Verdict } from "../ports/authenticator.ts";
import type { Client } from "../registry/client.ts";
import { msLeft, rightsOf } from "./grant.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Session } from "./session.ts";
import type { Turns } from "./turns.ts";

/** The capability of clients that renew their tokens. */
export const authCap = "auth";
/** The event by which they do. */
export const authenticateEvent = "AUTHENTICATE";

const shape = Compile(Authenticate.properties.d);

export interface AuthenticateOptions {
  readonly authenticator: Authenticator;
  readonly lifecycle: Lifecycle;
  readonly replies: Replies;
  readonly turns: () => Turns;
}

/** `AUTHENTICATE`: another token for a connection that is open ([AU-8]); one that is refused leaves the old one in force. */
export type AuthenticateSession = (session: Session, client: Client, frame: Frame) => void;

export function createAuthenticate(options: AuthenticateOptions): AuthenticateSession {
  const { authenticator, lifecycle, replies, turns } = options;

  function finish(session: Session, client: Client, verdict: Verdict): void {
    if (!verdict.ok) {
      const isThrottled = verdict.code === "auth/throttled";
      const info = isThrottled ? { retry_after_ms: verdict.retryAfterMs } : verdict.reasons;
      return replies.refuse(client, verdict.code, info, undefined, isThrottled ? undefined : "auth: failed");
    }
    if (!isFitting(client, verdict.grant)) {
      const message = "the token does not fit this connection: its trust, subject, application and namespace";
      return replies.refuse(client, "auth/forbidden", { message }, undefined);
    }
    client.rights = rightsOf(verdict.grant);
    lifecycle.expireAt(session, verdict.grant.expiresAtMs);
    const body = { expires_ms: msLeft(verdict.grant, lifecycle.now()) };
    client.outbox.send(client.codec.encodeFrame(Op.dispatch, body, lifecycle.now(), "AUTHENTICATED"));
  }

  return (session, client, frame) => {
    const data = frame.d === undefined ? null : client.codec.decode(frame.d);
    if (!shape.Check(data)) {
      return replies.refuse(client, "dispatch/invalid", { at: "/d/token", message: "token is text" }, undefined);
    }
    const { application, id } = client;
    const credentials = {
      secret: data.token,
      peer: session.peer,
      over: "socket",
      client: { application, id },
    } as const;
    const verdict = authenticator.judge(credentials);
    if (!(verdict instanceof Promise)) return finish(session, client, verdict);
    turns().wait(session, verdict, (late) => finish(session, client, late));
  };
}

/**
 * Whether a grant can take the place of the one that a client came with. Why not is not told: whoever guesses would learn
 * whether a secret is a right one.
 */
function isFitting(client: Client, grant: Grant): boolean {
  const rights = rightsOf(grant);
  return (
    grant.restricted === client.restricted &&
    grant.subject === client.subject &&
    (rights?.mayIdentifyAs(client.application) ?? true) &&
    (rights?.namespace ?? null) === (client.rights?.namespace ?? null)
  );
}
