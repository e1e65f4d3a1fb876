import { isMap, type Value } from "@singyeong/protocol";
import { transcode } from "@singyeong/protocol/codec";
import type { Clock } from "../ports/clock.ts";
import type { Content } from "../queue/content.ts";
import type { Engine } from "../queue/engine.ts";
import { formatMessageId } from "../queue/message-id.ts";
import type { Parcel } from "../queue/postman.ts";
import type { Taker } from "../queue/taker.ts";
import { groupPrefix } from "../queue/topic-lane.ts";
import type { Client } from "../registry/client.ts";
import type { Answers } from "./answers.ts";
import type { TopicMetrics } from "./topic-metrics.ts";

/** Hands messages over as `EVENT`. */
export interface Events {
  /** … to a member that acknowledges them. */
  handOver(parcel: Parcel, content: Content): boolean;
  /** … to one that does not: each is removed first, and never comes back ([TO-13]). */
  handOverOnce(parcel: Parcel, content: Content): boolean;
}

export function createEvents(engine: Engine, answers: Answers, metrics: TopicMetrics, clock: Clock): Events {
  const { book, machine, journal, standing, traces, now } = engine;

  function send(parcel: Parcel, topic: string, content: Content): boolean {
    if (!traces.isOn) return give(parcel, topic, content);
    const { consumer, queue, seq, attempt } = parcel;
    const group = queue.slice(groupPrefix.length);
    const handing = { client: consumer.client.client, seq, attempt, destination: topic, group };
    return traces.hand(handing, content, (traced) => give(parcel, topic, traced));
  }

  function give({ consumer, queue, seq, attempt }: Parcel, topic: string, content: Content): boolean {
    const { client } = consumer.client;
    const isWanted = answers.isWanted(seq);
    const fields: Record<string, Value> = {
      id: formatMessageId(seq),
      topic,
      group: queue.slice(groupPrefix.length),
      attempt,
    };
    const headers = content.headers === undefined ? null : content.codec.decode(content.headers);
    if (headers !== null && isMap(headers)) fields.headers = headers;
    if (isWanted) fields.reply = true;
    if (!client.outbox.send(encodeEvent(client, fields, content, clock.now()))) return false;
    metrics.events.total++;
    if (attempt > 1) metrics.redeliveries.total++;
    if (isWanted) answers.handed(seq, client);
    return true;
  }

  /** The message is removed: what is left of it is this. */
  function sendLast(parcel: Parcel, topic: string, content: Content): void {
    if (!send(parcel, topic, content)) standing.stop(parcel.consumer);
  }

  return {
    handOver: (parcel, content) => send(parcel, book.laneOf(parcel.slot).topic!.text, content),
    handOverOnce(parcel, content) {
      const { consumer, seq, slot } = parcel;
      const { topic, isVolatile } = book.laneOf(slot);
      const own: Taker = consumer.client;
      machine.ack(consumer, seq);
      if (isVolatile) sendLast(parcel, topic!.text, content);
      else {
        own.standing!.passing++;
        journal.afterwards((error) => {
          own.standing!.passing--;
          if (error !== null) return;
          sendLast(parcel, topic!.text, content);
          standing.touch(consumer);
          engine.changed();
        });
      }
      standing.renew(now());
      return true;
    },
  };
}

function encodeEvent(client: Client, fields: Record<string, Value>, { codec, payload }: Content, ts: number) {
  const own = transcode(payload, codec, client.codec);
  return client.codec.encodeDispatch("EVENT", client.codec.embed(fields, "payload", own), ts);
}
