import { jsonCodec, transcode } from "@singyeong/protocol/codec";
import type { QueryFault } from "@singyeong/query";
import type { Rights } from "../access/rights.ts";
import { ownText } from "../kernel/own-text.ts";
import { describeRefusal, type ForbiddenQuery, type Router } from "../router/router.ts";
import { encodeContent } from "./content.ts";
import type { Identities, Identity } from "./identities.ts";
import { arrivalBytes, type Intake, refuseBy } from "./intake.ts";
import type { Journal } from "./journal.ts";
import type { Book } from "./machine/book.ts";
import type { Lane, LaneTerms } from "./machine/lane.ts";
import type { QueueState } from "./machine/queue-state.ts";
import { formatMessageId } from "./message-id.ts";
import type { QueueMetrics } from "./queue-metrics.ts";
import { type Push, type PushOutcome, type QueueLimits, type QueueRefusal, refuse, type Settled } from "./queues.ts";
import { refuseQueue } from "./refuse-queue.ts";
import { formatStoredTarget } from "./stored-target.ts";
import type { Taker } from "./taker.ts";

/** What a push becomes part of. */
export interface PushingOptions {
  readonly book: Book<Taker>;
  readonly intake: Intake;
  readonly journal: Journal;
  readonly identities: Identities;
  readonly router: Router;
  readonly metrics: QueueMetrics;
  readonly limits: QueueLimits;
  readonly nextSeq: () => number;
  readonly now: () => number;
}

/** The way into a queue: checked, stored, confirmed, and only then part of it. */
export function createPushing(options: PushingOptions): (push: Push, settled: Settled<PushOutcome>) => void {
  const { book, intake, journal, identities, router, metrics, limits, now } = options;
  /** Pushes of a known id that wait to be answered. */
  let joining = 0;

  /** What its sender's permissions refuse of a push ([AU-6]): of a target that is known too. */
  function refuseByRights(rights: Rights, { queue, codec, target }: Push): QueueRefusal | null {
    if (!rights.mayPush(queue)) {
      return refuse("auth/forbidden", { at: "/queue", message: "this sender may not push to this queue" });
    }
    const compiled = router.compile(codec, target, rights);
    return compiled.ok ? null : refuseTarget(compiled);
  }

  function readTerms({ codec, target, rights }: Push): LaneTerms | QueueRefusal {
    const compiled = router.compileWithin(codec, target, rights?.namespace ?? null);
    return compiled.ok ? { query: compiled.query, topic: null, isVolatile: false } : refuseTarget(compiled);
  }

  function store(queue: QueueState<Taker>, lane: Lane<Taker>, push: Push, settled: Settled<PushOutcome>): void {
    const body = encodeContent(push);
    const bytes = body.byteLength + lane.target.length;
    const refusal =
      intake.refuseMessage(queue, bytes) ?? intake.refuseStore(bytes, bytes + arrivalBytes * (joining + 1));
    if (refusal !== null) {
      book.leaveLane(lane);
      return settled(refusal);
    }
    const pushedMs = now();
    const seq = options.nextSeq();
    const identity =
      push.id === null || limits.queueDedupMs === 0 ? null : remember(queue.name, ownText(push.id), seq, pushedMs);
    const readyMs = push.delayMs === 0 ? 0 : pushedMs + push.delayMs;
    const expiresMs = push.ttlMs === 0 ? 0 : pushedMs + push.ttlMs;
    const { priority } = push;
    const maxAttempts = push.maxAttempts ?? limits.queueMaxAttempts;
    const turn = seq;
    const message = {
      seq,
      turn,
      lane,
      priority,
      maxAttempts,
      pushedMs,
      readyMs,
      expiresMs,
      bytes,
      body,
      identity,
    };
    intake.store([message], [], bytes + arrivalBytes, (refused) => {
      if (refused !== null && identity !== null) forget(identity, refused);
      settled(refused ?? { ok: true, id: formatMessageId(seq) });
    });
  }

  function remember(queue: string, id: string, seq: number, pushedMs: number): Identity {
    const identity = { queue, id, seq, untilMs: pushedMs + limits.queueDedupMs, refusal: null };
    identities.add(identity);
    return identity;
  }

  function forget(identity: Identity, refusal: QueueRefusal): void {
    identity.refusal = refusal;
    identities.remove(identity);
  }

  /** A push of an id that is known: answered as the first one was, and in its turn, behind what was pushed before it. */
  function join(first: Identity, settled: Settled<PushOutcome>): void {
    const refusal = intake.refuseStore(0, arrivalBytes * (joining + 1));
    if (refusal !== null) return settled(refusal);
    metrics.duplicates.total++;
    joining++;
    journal.afterwards((error) => {
      joining--;
      if (error !== null) return settled(refuseBy(error, limits.maxDiskBytes));
      settled(first.refusal ?? { ok: true, id: formatMessageId(first.seq) });
    });
  }

  return (push, settled) => {
    const forbidden = push.rights === null ? null : refuseByRights(push.rights, push);
    if (forbidden !== null) return settled(forbidden);
    const first = push.id === null ? undefined : identities.find(push.queue, push.id, now());
    if (first !== undefined) return join(first, settled);
    if (push.id !== null && identities.size >= limits.maxQueueIds) {
      return settled(refuse("queue/too-many-ids", { max: limits.maxQueueIds }));
    }
    const refusal = refuseQueue(book, push.queue, limits.maxQueues);
    if (refusal !== null) return settled(refusal);
    const queue = book.queue(push.queue);
    const target = targetText(push);
    const isKnown = queue.lanes.has(target);
    const lane = intake.takeLane(queue, isKnown ? target : ownText(target), () => readTerms(push));
    if (!("target" in lane)) {
      book.sweep(queue);
      return settled(lane);
    }
    store(queue, lane, push, settled);
  };
}

/** What is said of a target that is no query, or not permitted. */
export function refuseTarget(refused: QueryFault | ForbiddenQuery): QueueRefusal {
  const { code, extraInfo } = describeRefusal(refused, "/target");
  return refuse(code, extraInfo);
}

/** A target as lanes are known by: JSON text, whatever codec it came in. */
function targetText({ codec, target, rights }: Push): string {
  const text = transcode(target, codec, jsonCodec) as string;
  return rights === null ? text : formatStoredTarget(text, rights.namespace);
}
