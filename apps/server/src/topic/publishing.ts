import { jsonCodec, transcode } from "@singyeong/protocol/codec";
import { parseQuery, type Query } from "@singyeong/query";
import type { Rights } from "../access/rights.ts";
import { ownText } from "../kernel/own-text.ts";
import { encodeContent } from "../queue/content.ts";
import type { Engine } from "../queue/engine.ts";
import { arrivalBytes, full, type Incoming, refuseTargetLength } from "../queue/intake.ts";
import type { Topic } from "../queue/machine/lane.ts";
import { formatMessageId } from "../queue/message-id.ts";
import { refuseTarget } from "../queue/pushing.ts";
import { type QueueRefusal, refuse, type Settled } from "../queue/queues.ts";
import { formatStoredTarget } from "../queue/stored-target.ts";
import { createTopic, formatTopicTarget, groupPrefix } from "../queue/topic-lane.ts";
import type { Router } from "../router/router.ts";
import type { Answers } from "./answers.ts";
import type { Copying, Original } from "./copying.ts";
import { type Group, type Groups, tooMany } from "./groups.ts";
import { type Keeping, memoryBytesOf } from "./keeping.ts";
import type { PatternIndex } from "./pattern-index.ts";
import { retainedRecord } from "./records.ts";
import type { TopicMetrics } from "./topic-metrics.ts";
import type { AnswerWish, Publication, PublishOutcome, TopicLimits } from "./topics.ts";

export interface PublishingOptions {
  readonly engine: Engine;
  readonly router: Router;
  readonly groups: Groups;
  readonly keeping: Keeping;
  readonly copying: Copying;
  readonly answers: Answers;
  readonly metrics: TopicMetrics;
  /** Patterns of topics that are kept in memory alone. */
  readonly memoryTopics: PatternIndex<null>;
  readonly limits: TopicLimits;
  /** Tells the publications of this run of the server from those of others. */
  readonly run: string;
  /** Something is kept that will be over. */
  readonly kept: () => void;
}

/** Where messages of a topic go, as long as no pattern comes or goes. */
interface Route {
  readonly topic: Topic;
  readonly groups: ReadonlySet<Group>;
  readonly isVolatile: boolean;
  /** The target of messages that any member may get. */
  readonly target: string;
}

/** Routes that are remembered, and groups in all of them. */
const maxRoutes = 10_000;
const maxRoutedGroups = 100_000;
/** Publications that a client may have whose answers it waits for ([TO-15]). */
const maxAwaited = 10_000;
/** Answers that may come to one client before it publishes no more that it waits for: one from each group. */
const maxAnswers = 100_000;

export function createPublishing(options: PublishingOptions) {
  const { engine, router, groups, keeping, copying, answers, metrics, memoryTopics, limits } = options;
  const { intake, nextNumber, now, changed } = engine;
  const anybody = readAnybody();
  let routes = new Map<string, Route>();
  let routedGroups = 0;
  let generation = -1;

  function routeOf(topic: string): Route {
    if (generation !== groups.generation || routes.size > maxRoutes || routedGroups > maxRoutedGroups) {
      routes = new Map();
      routedGroups = 0;
      generation = groups.generation;
    }
    const known = routes.get(topic);
    if (known !== undefined) return known;
    const own = createTopic(ownText(topic));
    const isVolatile = memoryTopics.covers(own.segments);
    const target = formatTopicTarget(own.text, null, isVolatile);
    const route = { topic: own, groups: groups.of(own.segments), isVolatile, target };
    routes.set(own.text, route);
    routedGroups += route.groups.size;
    return route;
  }

  function readOriginal({ topic, isVolatile, target }: Route, publication: Publication): Original | QueueRefusal {
    const { codec, payload, headers } = publication;
    const terms = { query: anybody, topic, isVolatile };
    const original = {
      target,
      terms,
      body: encodeContent({ codec, payload, headers, nonce: undefined }),
      publishedMs: now(),
    };
    const namespace = publication.rights?.namespace ?? null;
    if (publication.target === undefined && namespace === null) return original;
    const raw = publication.target ?? codec.encode({});
    const compiled = router.compileWithin(codec, raw, namespace);
    if (!compiled.ok) return refuseTarget(compiled);
    const query = formatStoredTarget(transcode(raw, codec, jsonCodec) as string, namespace);
    const own = ownText(formatTopicTarget(topic.text, query, isVolatile));
    return refuseTargetLength(own) ?? { ...original, target: own, terms: { ...terms, query: compiled.query } };
  }

  /** What its sender's permissions refuse of a publication ([AU-6]). */
  function refuseByRights(rights: Rights, { topic, codec, target }: Publication): QueueRefusal | null {
    if (!rights.mayPublish(topic)) {
      return refuse("auth/forbidden", { at: "/topic", message: "this sender may not publish to this topic" });
    }
    const compiled = target === undefined ? null : router.compile(codec, target, rights);
    return compiled === null || compiled.ok ? null : refuseTarget(compiled);
  }

  function refuseWish({ client }: AnswerWish): QueueRefusal | null {
    const awaited = answers.countOf(client);
    if (awaited.publications >= maxAwaited) return tooMany("publications", maxAwaited);
    return awaited.answers >= maxAnswers ? tooMany("answers", maxAnswers) : null;
  }

  /** What is refused of copies and what is kept, on their way to the disk; the body is in memory once. */
  function refuseDurable({ body, target }: Original, count: number): QueueRefusal | null {
    return intake.refuseStore(count * (body.byteLength + target.length), heldBytes(body, target, count));
  }

  return (publication: Publication, wish: AnswerWish | null, settled: Settled<PublishOutcome>): void => {
    const forbidden = publication.rights === null ? null : refuseByRights(publication.rights, publication);
    if (forbidden !== null) return settled(forbidden);
    const tooManyWishes = wish === null ? null : refuseWish(wish);
    if (tooManyWishes !== null) return settled(tooManyWishes);
    const route = routeOf(publication.topic);
    const original = readOriginal(route, publication);
    if ("ok" in original) return settled(original);
    const { body, target, publishedMs } = original;
    const bytes = body.byteLength + target.length;
    if (bytes > limits.maxQueueMessageBytes) return settled(full("message_bytes", limits.maxQueueMessageBytes));
    const number = nextNumber();
    const copies = copying.copy(original, route.groups, null);
    if ("ok" in copies) return settled(copies);

    const id = `${formatMessageId(number)}${options.run}`;
    if (wish !== null) {
      answers.open(number, id, wish);
      for (const { seq, lane } of copies) answers.addCopy(number, seq, lane.queue.name.slice(groupPrefix.length));
    }
    const finish = (refusal: QueueRefusal | null): void => {
      if (refusal === null) metrics.publications.total++;
      if (wish !== null && refusal !== null) answers.drop(number);
      else if (wish !== null) answers.complete(number);
      settled(refusal ?? { ok: true, id, groups: copies.length });
    };
    const message = { topic: route.topic.text, target, publishedMs, bytes };
    if (route.isVolatile) return publishInMemory(copies);
    publishOnDisk(copies);

    function publishInMemory(admitted: readonly Incoming[]): void {
      const size = memoryBytesOf(body);
      if (!keeping.makeRoom(size * admitted.length)) return refused(full("memory_bytes", limits.maxTopicMemoryBytes));
      intake.admit(admitted);
      const keptSize = size + target.length - route.target.length;
      if (keeping.isOn && keeping.makeRoom(keptSize)) {
        keeping.add({ ...message, seq: number, bytes: keptSize, body });
        options.kept();
      }
      finish(null);
      changed();
    }

    function publishOnDisk(stored: readonly Incoming[]): void {
      const count = stored.length + (keeping.isOn ? 1 : 0);
      const refusal = refuseDurable(original as Original, count);
      if (refusal !== null) return refused(refusal);
      // Numbers grow in the order in which they are stored: that of what is kept is the first.
      const records = keeping.isOn ? [retainedRecord(number, target, publishedMs, body)] : [];
      intake.store(stored, records, heldBytes(body, target, count), (failure) => {
        if (failure === null && keeping.isOn) {
          keeping.add({ ...message, seq: number, body: null });
          options.kept();
        }
        finish(failure);
      });
    }

    function refused(refusal: QueueRefusal): void {
      copying.discard(copies as Incoming[]);
      finish(refusal);
    }
  };
}

/** What copies take in memory until they are on disk: they share the body. */
function heldBytes(body: Uint8Array, target: string, count: number): number {
  return body.byteLength + count * (target.length + arrivalBytes);
}

/** The query of messages that any member may get. */
function readAnybody(): Query {
  const parsed = parseQuery({});
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.query;
}
