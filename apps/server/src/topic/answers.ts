import { type Raw, transcode } from "@singyeong/protocol/codec";
import type { Timer, TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Client } from "../registry/client.ts";
import type { AnswerWish } from "./topics.ts";

/** Publications whose publishers wait for answers. */
export interface Answers {
  /** How many publications a client waits for answers to, and how many answers may come. */
  countOf(client: Client): { readonly publications: number; readonly answers: number };
  /** Somebody waits for answers to a publication, of that number and that id. */
  open(number: number, id: string, wish: AnswerWish): void;
  /** A publication came to nothing. */
  drop(number: number): void;
  /** A publication has copies for groups, if anybody waits for answers to it. */
  addCopy(number: number, seq: number, group: string): void;
  /** All its copies are there: where there are none nobody can answer. */
  complete(number: number): void;
  /** Whether answers to a copy are wanted. */
  isWanted(seq: number): boolean;
  /** A client was handed a copy. */
  handed(seq: number, client: Client): void;
  /** A client answers a copy; false where nobody waits for that. */
  answer(client: Client, seq: number, payload: Raw): boolean;
  /** A client waits for nothing any more. */
  release(client: Client): void;
}

interface Awaited {
  readonly number: number;
  readonly id: string;
  readonly wish: AnswerWish;
  readonly untilMs: number;
  readonly timer: Timer;
  /** Copies that are not answered. */
  readonly copies: Set<number>;
}

/** What one client waits for. */
interface Waiting {
  readonly awaited: Set<Awaited>;
  answers: number;
}

interface Copy {
  readonly awaited: Awaited;
  readonly group: string;
  readonly handedTo: Set<Client>;
}

export function createAnswers(wheel: TimerWheel, clock: Clock): Answers {
  const byNumber = new Map<number, Awaited>();
  const copies = new Map<number, Copy>();
  const byClient = new Map<Client, Waiting>();

  function close(awaited: Awaited): void {
    wheel.cancel(awaited.timer);
    byNumber.delete(awaited.number);
    for (const seq of awaited.copies) copies.delete(seq);
    const own = byClient.get(awaited.wish.client);
    if (own === undefined || !own.awaited.delete(awaited)) return;
    own.answers -= awaited.copies.size;
    if (own.awaited.size === 0) byClient.delete(awaited.wish.client);
  }

  function closeIfDone(awaited: Awaited): void {
    if (awaited.copies.size === 0) close(awaited);
  }

  return {
    countOf(client) {
      const own = byClient.get(client);
      return { publications: own?.awaited.size ?? 0, answers: own?.answers ?? 0 };
    },
    open(number, id, wish) {
      const untilMs = clock.elapsed() + wish.deadlineMs;
      const timer = wheel.schedule(wish.deadlineMs, () => close(awaited));
      const awaited: Awaited = { number, id, wish, untilMs, timer, copies: new Set() };
      byNumber.set(number, awaited);
      const own = byClient.get(wish.client);
      if (own === undefined) byClient.set(wish.client, { awaited: new Set([awaited]), answers: 0 });
      else own.awaited.add(awaited);
    },
    drop(number) {
      const awaited = byNumber.get(number);
      if (awaited !== undefined) close(awaited);
    },
    addCopy(number, seq, group) {
      const awaited = byNumber.get(number);
      if (awaited === undefined) return;
      awaited.copies.add(seq);
      byClient.get(awaited.wish.client)!.answers++;
      copies.set(seq, { awaited, group, handedTo: new Set() });
    },
    complete(number) {
      const awaited = byNumber.get(number);
      if (awaited !== undefined) closeIfDone(awaited);
    },
    isWanted: (seq) => copies.has(seq),
    handed: (seq, client) => void copies.get(seq)?.handedTo.add(client),
    answer(client, seq, payload) {
      const copy = copies.get(seq);
      if (copy === undefined || !copy.handedTo.has(client)) return false;
      const { awaited, group } = copy;
      copies.delete(seq);
      awaited.copies.delete(seq);
      byClient.get(awaited.wish.client)!.answers--;
      closeIfDone(awaited);
      if (awaited.untilMs <= clock.elapsed()) return false;
      const { codec, outbox } = awaited.wish.client;
      const nonce = codec.decodeExact(awaited.wish.nonce);
      const fields = { id: awaited.id, nonce, group };
      const own = transcode(payload, client.codec, codec);
      return outbox.send(codec.encodeDispatch("REPLY", codec.embed(fields, "payload", own), clock.now()));
    },
    release(client) {
      for (const awaited of byClient.get(client)?.awaited ?? []) close(awaited);
    },
  };
}
