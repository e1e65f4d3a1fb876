import type { Codec } from "@singyeong/protocol/codec";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Random } from "../ports/random.ts";
import type { Client } from "../registry/client.ts";
import { FrameRing } from "./frame-ring.ts";
import { ResumableOutbox } from "./resumable-outbox.ts";
import type { ResumableSession } from "./resumable-session.ts";

/** A client that wants to take its session over. */
export interface ResumeClaim {
  readonly token: string;
  /** The last frame that it has got. */
  readonly seq: number;
  readonly application: string;
  readonly id: string;
  readonly codec: Codec;
  readonly restricted: boolean;
  /** Who it is by its token or account. */
  readonly subject: string | null;
}

/**
 * Whether a session can be taken over ([RS-3]). Where not: `missed` is how many frames the client never gets, if that is
 * why, and `session` the one that was this client's all the same, which has to end ([RS-4]).
 */
export type ResumeVerdict =
  | { readonly ok: true; readonly session: ResumableSession }
  | { readonly ok: false; readonly missed: number | null; readonly session: ResumableSession | null };

/** The sessions that clients may resume, connected or away. */
export interface ResumeTable {
  /** The outbox of a client that is about to be introduced. */
  createOutbox(codec: Codec, socket: Outbox): ResumableOutbox;
  /** Starts the session of a client with such an outbox. */
  open(client: Client, outbox: ResumableOutbox): ResumableSession;
  judge(claim: ResumeClaim): ResumeVerdict;
  /** The connection broke: frames are kept until the client resumes, or its time is over. */
  leave(session: ResumableSession): void;
  /** The client is back, and not attached to its socket yet. */
  resume(session: ResumableSession): void;
  /** From now on nobody can take it over; it goes on as long as its connection does. */
  withdraw(session: ResumableSession): void;
  /** Ends a session, and tells that its client has departed: once, however often it is called. */
  end(session: ResumableSession): void;
  /** Ends the session that is away under a name which somebody else takes. One who is restricted takes none from a trusted client. */
  endNamed(application: string, id: string, newcomerRestricted: boolean): void;
  /** Ends all that are away. */
  endAway(): void;
}

export interface ResumeTableOptions {
  readonly wheel: TimerWheel;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly limits: {
    /** How long a client may be away; with 0 its session ends with its connection. */
    readonly resumeMs: number;
    readonly maxResumeFrames: number;
    readonly maxResumeBytes: number;
    readonly maxAwayClients: number;
    readonly maxBacklogBytes: number;
  };
  /** Told of a client each time that it is away from now on. @default nobody is */
  readonly away?: (client: Client) => void;
  /** Told once of every client whose session has ended. */
  readonly departed: (client: Client) => void;
}

const tokenBytes = 16;
/** What is sent again at once must fit into what may wait for a socket, also as text of three bytes to the character. */
const backlogShare = 4;

export function createResumeTable(options: ResumeTableOptions): ResumeTable {
  const { wheel, random, metrics, limits, away, departed } = options;
  const sessions = new Map<string, ResumableSession>();
  /** By trust and name, the one that has been away longest first. */
  const awayTrusted = new Map<string, ResumableSession>();
  const awayRestricted = new Map<string, ResumableSession>();
  const awaySize = (): number => awayTrusted.size + awayRestricted.size;
  const kept = { total: 0 };
  const ringLimits = {
    maxFrames: limits.maxResumeFrames,
    maxBytes: Math.min(limits.maxResumeBytes, limits.maxBacklogBytes / backlogShare),
  };
  metrics.gauge("singyeong_away_clients", "Clients that are away and may resume.", awaySize);
  metrics.gauge("singyeong_resume_kept_bytes", "Bytes of frames that clients have not confirmed.", () => kept.total);
  const resumed = metrics.counter("singyeong_resumed_total", "Sessions that were taken over.");
  const refused = (reason: string) =>
    metrics.counter("singyeong_not_resumed_total", "Sessions that could not be taken over.", { reason });
  const [unknown, missed, ahead] = [refused("unknown"), refused("missed"), refused("ahead")];
  const evicted = metrics.counter("singyeong_away_evicted_total", "Sessions that ended because too many were away.");

  function awayWith(restricted: boolean): Map<string, ResumableSession> {
    return restricted ? awayRestricted : awayTrusted;
  }

  function comeBack(session: ResumableSession): void {
    if (session.grace === null) return;
    wheel.cancel(session.grace);
    session.grace = null;
    const { application, id, restricted } = session.client;
    awayWith(restricted).delete(seatName(application, id));
  }

  function end(session: ResumableSession): void {
    if (session.isOver) return;
    session.isOver = true;
    comeBack(session);
    sessions.delete(session.token);
    session.outbox.end();
    departed(session.client);
  }

  /** Those who are restricted go first: whoever needs no password could end everybody's sessions else. */
  function evictLongestAway(): void {
    for (const session of awayWith(awayRestricted.size > 0).values()) {
      evicted.total++;
      return end(session);
    }
  }

  return {
    createOutbox: (codec, socket) => new ResumableOutbox(codec, new FrameRing(ringLimits, kept), socket),
    open(client, outbox) {
      const token = Buffer.from(random.bytes(tokenBytes)).toString("base64url");
      const session = { token, client, outbox, received: 0, told: 0, untoldBytes: 0, grace: null, isOver: false };
      sessions.set(token, session);
      return session;
    },
    judge({ token, seq, ...claimant }) {
      const session = sessions.get(token);
      if (session === undefined || !isOf(session.client, claimant)) {
        unknown.total++;
        return { ok: false, missed: null, session: null };
      }
      const { outbox } = session;
      if (outbox.canResume(seq)) return { ok: true, session };
      const isAhead = seq > outbox.lastSeq;
      (isAhead ? ahead : missed).total++;
      return { ok: false, missed: isAhead ? null : outbox.lastSeq - seq, session };
    },
    leave(session) {
      session.outbox.detach();
      if (limits.resumeMs === 0) return end(session);
      session.grace = wheel.schedule(limits.resumeMs, () => end(session));
      const { application, id, restricted } = session.client;
      awayWith(restricted).set(seatName(application, id), session);
      if (awaySize() > limits.maxAwayClients) evictLongestAway();
      away?.(session.client);
    },
    resume(session) {
      comeBack(session);
      resumed.total++;
    },
    withdraw: (session) => void sessions.delete(session.token),
    end,
    endNamed(application, id, newcomerRestricted) {
      if (awaySize() === 0) return;
      const name = seatName(application, id);
      for (const those of newcomerRestricted ? [awayRestricted] : [awayRestricted, awayTrusted]) {
        const session = those.get(name);
        if (session !== undefined) end(session);
      }
    },
    endAway() {
      for (const those of [awayRestricted, awayTrusted]) for (const session of those.values()) end(session);
    },
  };
}

function isOf(
  client: Client,
  claimant: Pick<ResumeClaim, "application" | "id" | "codec" | "restricted" | "subject">,
): boolean {
  return (
    client.application === claimant.application &&
    client.id === claimant.id &&
    client.codec === claimant.codec &&
    client.restricted === claimant.restricted &&
    client.subject === claimant.subject
  );
}

/** Ids have no spaces. */
function seatName(application: string, id: string): string {
  return `${application} ${id}`;
}
