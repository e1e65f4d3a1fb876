import { Op } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Authenticator } from "../ports/authenticator.ts";
import type { Outbox } from "../ports/outbox.ts";
import { type Client, createClient } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { resumeCap } from "../resume/resumable-session.ts";
import type { ResumeTable } from "../resume/resume-table.ts";
import { type Introduction, readIntroduction } from "./introduction.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createReadyBody, type ServerDescription } from "./ready-body.ts";
import { claimSession, resumeSession } from "./resume-session.ts";
import { sendFrame } from "./send-frame.ts";
import type { Session } from "./session.ts";

/** Turns a connection into a client: op 1 in, op 2 or op 8 out. */
export type Identify = (session: Session, frame: Frame) => void;

export interface IdentifyOptions {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly lifecycle: Lifecycle;
  readonly resumes: ResumeTable;
  readonly server: ServerDescription;
}

export function createIdentify(options: IdentifyOptions): Identify {
  const { registry, authenticator, lifecycle, resumes, server } = options;
  const readyBody = createReadyBody(server);

  return (session, frame) => {
    const read = readIntroduction(frame.d === undefined ? null : session.codec.decode(frame.d));
    if (!read.ok) return lifecycle.fail(session, read.code, read.faults);
    const { introduction } = read;
    const restricted = authenticator.identify(introduction.password) === "restricted";
    if (restricted && session.codec.encoding === "etf") return lifecycle.fail(session, "identify/etf-restricted", null);
    const verdict = claimSession(resumes, session.codec, introduction, restricted);
    if (verdict?.ok === true) {
      return resumeSession({ registry, lifecycle, resumes, readyBody }, session, verdict.session, verdict.seq);
    }
    const { applicationId, clientId } = introduction;
    const caps = introduction.caps.filter((cap) => server.caps.has(cap)).sort();
    const outbox = caps.includes(resumeCap) ? resumes.createOutbox(session.codec, session.outbox) : null;
    const client = introduce(session, introduction, restricted, caps, outbox ?? session.outbox, lifecycle.now());
    const refused = registry.update(client, introduction.metadata);
    if (refused !== null) return lifecycle.fail(session, "identify/metadata", { "": refused });
    if (verdict !== null && verdict.session !== null) {
      lifecycle.displace(verdict.session.client);
      resumes.end(verdict.session);
    }
    const holder = registry.find(applicationId, clientId);
    if (holder !== undefined && !lifecycle.giveWay(holder, restricted)) {
      const text = `${clientId}: already registered for app ${applicationId}`;
      return lifecycle.fail(session, "identify/duplicate", null, text);
    }
    resumes.endNamed(applicationId, clientId, restricted);
    const resumable = outbox === null ? null : resumes.open(client, outbox);
    const outcome = verdict === null ? null : { resumed: false, missed: verdict.missed };
    const body = readyBody(client, introduction.caps.length > 0, resumable, outcome);
    sendFrame(session, Op.ready, body, lifecycle.now());
    lifecycle.enter(session, client, resumable);
  };
}

function introduce(
  session: Session,
  introduction: Introduction,
  restricted: boolean,
  caps: readonly string[],
  outbox: Outbox,
  nowMs: number,
): Client {
  return createClient({
    application: introduction.applicationId,
    id: introduction.clientId,
    codec: session.codec,
    outbox,
    restricted,
    tags: introduction.tags,
    caps,
    ip: restricted ? null : (introduction.ip ?? session.peer),
    namespace: introduction.namespace,
    receiveClientUpdates: introduction.receiveClientUpdates,
    nowMs,
  });
}
