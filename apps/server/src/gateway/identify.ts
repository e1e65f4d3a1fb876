import { Op } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Authenticator } from "../ports/authenticator.ts";
import { type Client, createClient } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { type Introduction, readIntroduction } from "./introduction.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { sendFrame } from "./send-frame.ts";
import type { Session } from "./session.ts";

/** What a client with capabilities learns in ready. */
export interface ServerDescription {
  readonly node: string;
  readonly limits: Readonly<Record<string, number>>;
  /** Extensions that this server has. */
  readonly caps: ReadonlySet<string>;
}

/** Turns a connection into a client: op 1 in, op 2 or op 8 out. */
export type Identify = (session: Session, frame: Frame) => void;

export function createIdentify(
  registry: Registry,
  authenticator: Authenticator,
  lifecycle: Lifecycle,
  server: ServerDescription,
): Identify {
  return (session, frame) => {
    const read = readIntroduction(frame.d === undefined ? null : session.codec.decode(frame.d));
    if (!read.ok) return lifecycle.fail(session, read.code, read.faults);
    const { introduction } = read;
    const restricted = authenticator.identify(introduction.password) === "restricted";
    if (restricted && session.codec.encoding === "etf") return lifecycle.fail(session, "identify/etf-restricted", null);
    const { applicationId, clientId } = introduction;
    const client = introduce(session, introduction, restricted, server, lifecycle.now());
    const refused = registry.update(client, introduction.metadata);
    if (refused !== null) return lifecycle.fail(session, "identify/metadata", { "": refused });
    const holder = registry.find(applicationId, clientId);
    if (holder !== undefined && !lifecycle.giveWay(holder, restricted)) {
      const text = `${clientId}: already registered for app ${applicationId}`;
      return lifecycle.fail(session, "identify/duplicate", null, text);
    }
    sendFrame(session, Op.ready, readyBody(client, introduction, server), lifecycle.now());
    lifecycle.enter(session, client);
  };
}

function introduce(
  session: Session,
  introduction: Introduction,
  restricted: boolean,
  server: ServerDescription,
  nowMs: number,
): Client {
  return createClient({
    application: introduction.applicationId,
    id: introduction.clientId,
    codec: session.codec,
    outbox: session.outbox,
    restricted,
    tags: introduction.tags,
    caps: introduction.caps.filter((cap) => server.caps.has(cap)).sort(),
    ip: restricted ? null : (introduction.ip ?? session.peer),
    namespace: introduction.namespace,
    receiveClientUpdates: introduction.receiveClientUpdates,
    nowMs,
  });
}

/** Clients that named no capability see v1's two keys and nothing else. */
function readyBody(client: Client, introduction: Introduction, server: ServerDescription) {
  const body = { client_id: client.id, restricted: client.restricted };
  return introduction.caps.length === 0
    ? body
    : { ...body, caps: client.caps, node: server.node, limits: server.limits };
}
