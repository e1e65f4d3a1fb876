import { Op } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Authenticator, Grant, Verdict } from "../ports/authenticator.ts";
import type { Outbox } from "../ports/outbox.ts";
import { type Client, createClient } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { resumeCap } from "../resume/resumable-session.ts";
import type { ResumeTable } from "../resume/resume-table.ts";
import { rightsOf } from "./grant.ts";
import { type Introduction, readIntroduction } from "./introduction.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createReadyBody, type ServerDescription } from "./ready-body.ts";
import { claimSession, resumeSession } from "./resume-session.ts";
import { sendFrame } from "./send-frame.ts";
import { ownAddressOf, type Session } from "./session.ts";
import type { Turns } from "./turns.ts";

/** Turns a connection into a client: op 1 in, op 2 or op 8 out. */
export type Identify = (session: Session, frame: Frame) => void;

export interface IdentifyOptions {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly lifecycle: Lifecycle;
  readonly resumes: ResumeTable;
  readonly turns: () => Turns;
  readonly server: ServerDescription;
  /** 0 is no bound. */
  readonly maxApplicationClients: number;
  /** Where plugins look at what clients are sent: puts them before a client's outbox. */
  readonly attend: ((client: Client, outbox: Outbox) => Outbox) | null;
}

export function createIdentify(options: IdentifyOptions): Identify {
  const { registry, authenticator, lifecycle, resumes, turns, server, maxApplicationClients } = options;
  const readyBody = createReadyBody(server, lifecycle.now);

  function finish(session: Session, introduction: Introduction, verdict: Verdict): void {
    if (!verdict.ok) return refuse(session, verdict);
    const { grant } = verdict;
    const refusal = refuseByRights(introduction, grant);
    if (refusal !== null) return lifecycle.fail(session, "auth/forbidden", { message: refusal });
    admit(session, introduction, grant);
  }

  function refuse(session: Session, verdict: Verdict & { readonly ok: false }): void {
    if (verdict.code === "auth/throttled") {
      return lifecycle.fail(session, "auth/throttled", { retry_after_ms: verdict.retryAfterMs });
    }
    lifecycle.fail(session, "auth/failed", verdict.reasons, "auth: failed: internal error");
  }

  function admit(session: Session, introduction: Introduction, grant: Grant): void {
    const { restricted } = grant;
    if (restricted && session.codec.encoding === "etf") return lifecycle.fail(session, "identify/etf-restricted", null);
    const claim = claimSession(resumes, session.codec, introduction, grant);
    const { applicationId, clientId } = introduction;
    const isNew = registry.find(applicationId, clientId) === undefined;
    if (isNew && maxApplicationClients > 0 && registry.count(applicationId) >= maxApplicationClients) {
      return lifecycle.fail(session, "limit/connections", {
        limit: "maxApplicationClients",
        max: maxApplicationClients,
      });
    }
    if (claim?.ok === true) {
      return resumeSession({ registry, lifecycle, resumes, readyBody }, session, claim.session, claim.seq, grant);
    }
    const caps = introduction.caps.filter((cap) => server.caps.has(cap)).sort();
    const numbered = caps.includes(resumeCap) ? resumes.createOutbox(session.codec, session.outbox) : null;
    const client = introduce(session, introduction, grant, caps, numbered ?? session.outbox, lifecycle.now());
    if (options.attend !== null) client.outbox = options.attend(client, client.outbox);
    const refused = registry.update(client, introduction.metadata);
    if (refused !== null) return lifecycle.fail(session, "identify/metadata", { "": refused });
    if (claim !== null && claim.session !== null) {
      lifecycle.displace(claim.session.client);
      resumes.end(claim.session);
    }
    const holder = registry.find(applicationId, clientId);
    if (holder !== undefined && !lifecycle.giveWay(holder, restricted)) {
      const text = `${clientId}: already registered for app ${applicationId}`;
      return lifecycle.fail(session, "identify/duplicate", null, text);
    }
    resumes.endNamed(applicationId, clientId, restricted);
    const resumable = numbered === null ? null : resumes.open(client, numbered);
    const outcome = claim === null ? null : { resumed: false, missed: claim.missed };
    const body = readyBody(client, introduction.caps.length > 0, resumable, outcome, grant);
    sendFrame(session, Op.ready, body, lifecycle.now());
    lifecycle.enter(session, client, resumable);
    lifecycle.expireAt(session, grant.expiresAtMs);
  }

  return (session, frame) => {
    const read = readIntroduction(frame.d === undefined ? null : session.codec.decode(frame.d));
    if (!read.ok) return lifecycle.fail(session, read.code, read.faults);
    const { introduction } = read;
    const client = { application: introduction.applicationId, id: introduction.clientId };
    const verdict = authenticator.judge({ secret: introduction.password, peer: session.peer, over: "socket", client });
    if (!(verdict instanceof Promise)) return finish(session, introduction, verdict);
    turns().wait(session, verdict, (late) => finish(session, introduction, late));
  };
}

/** Why somebody may not be who it says it is, in words; `null` where it may. */
function refuseByRights({ applicationId, namespace, metadata }: Introduction, grant: Grant): string | null {
  const rights = rightsOf(grant);
  if (rights === null) return null;
  if (!rights.mayIdentifyAs(applicationId)) return `${applicationId}: not an application of yours`;
  if (rights.namespace !== null && namespace !== null && namespace !== rights.namespace) {
    return `${namespace}: not a namespace of yours`;
  }
  for (const key of metadata.keys()) if (!rights.maySetMetadata(key)) return `${key}: not metadata that you may set`;
  return null;
}

function introduce(
  session: Session,
  introduction: Introduction,
  grant: Grant,
  caps: readonly string[],
  outbox: Outbox,
  nowMs: number,
): Client {
  const rights = rightsOf(grant);
  return createClient({
    application: introduction.applicationId,
    id: introduction.clientId,
    codec: session.codec,
    outbox,
    restricted: grant.restricted,
    tags: introduction.tags,
    caps,
    ip: grant.restricted ? null : (introduction.ip ?? session.peer),
    peer: ownAddressOf(session),
    rights,
    subject: grant.subject,
    namespace: rights?.namespace ?? introduction.namespace,
    receiveClientUpdates: introduction.receiveClientUpdates,
    nowMs,
  });
}
