import { Op } from "@singyeong/protocol";
import type { Codec } from "@singyeong/protocol/codec";
import type { Grant } from "../ports/authenticator.ts";
import type { Registry } from "../registry/registry.ts";
import { type ResumableSession, tellReceived } from "../resume/resumable-session.ts";
import type { ResumeTable, ResumeVerdict } from "../resume/resume-table.ts";
import { rightsOf } from "./grant.ts";
import type { Introduction } from "./introduction.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ReadyBody } from "./ready-body.ts";
import { sendFrame } from "./send-frame.ts";
import { ownAddressOf, type Session } from "./session.ts";

/** What becomes of the `resume` of an identify; `null` where it has none. */
export function claimSession(
  resumes: ResumeTable,
  codec: Codec,
  introduction: Introduction,
  grant: Grant,
): (ResumeVerdict & { readonly seq: number }) | null {
  if (introduction.resume === null) return null;
  const { session: token, seq } = introduction.resume;
  const { applicationId: application, clientId: id } = introduction;
  const { restricted, subject } = grant;
  const verdict = resumes.judge({ token, seq, application, id, codec, restricted, subject });
  const held = verdict.session?.client.rights ?? null;
  // What waits for a client of one tenant is nothing for one of another.
  const isTenants = verdict.session === null || held?.namespace === rightsOf(grant)?.namespace;
  return isTenants ? { ...verdict, seq } : { ok: false, missed: null, session: null, seq };
}

export interface ResumeServices {
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly resumes: ResumeTable;
  readonly readyBody: ReadyBody;
}

/** A client goes on over this connection ([RS-3]): ready, the frames behind `seq`, and only then whatever is new. */
export function resumeSession(
  services: ResumeServices,
  session: Session,
  resumable: ResumableSession,
  seq: number,
  grant: Grant,
): void {
  const { registry, lifecycle, resumes, readyBody } = services;
  const { client, outbox } = resumable;
  registry.move(client, ownAddressOf(session));
  client.rights = rightsOf(grant);
  lifecycle.displace(client);
  // Its name may have gone to a restricted client meanwhile, which gives way ([I-4]).
  const holder = registry.find(client.application, client.id);
  if (holder !== undefined) lifecycle.giveWay(holder, client.restricted);
  resumes.resume(resumable);
  // Nor may a session that is away have the name: were it taken over later, two clients would have it.
  resumes.endNamed(client.application, client.id, client.restricted);
  registry.heartbeat(client, lifecycle.now());
  const outcome = { resumed: true, received: tellReceived(resumable) };
  sendFrame(session, Op.ready, readyBody(client, true, resumable, outcome, grant), lifecycle.now());
  outbox.attach(session.outbox, seq);
  lifecycle.enter(session, client, resumable);
  lifecycle.expireAt(session, grant.expiresAtMs);
}
