import type { TopicEvent } from "@singyeong/client";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatTime } from "../output/time.ts";
import type { WorkKind } from "../work/work-through.ts";

/** How events are dealt with. */
export interface EventHandling {
  /** What is answered where an answer is wanted; `null` for nothing. */
  answer: ((payload: unknown) => unknown) | null;
  /** Whether they need no acknowledgement. */
  readonly isAcknowledged: boolean;
  /** Cuts a line to the terminal. */
  fit(line: string): string;
}

/** How long an event whose command failed is left alone: twice as long each time, and a minute at most. */
function toDelayMs(attempt: number): number {
  return Math.min(1000 * 2 ** (attempt - 1), 60_000);
}

/** Events of topics as work. */
export function createEventWork(out: Output, { answer, isAcknowledged, fit }: EventHandling): WorkKind<TopicEvent> {
  return {
    noun: "event",
    show(event) {
      const { id, topic, group, attempt, payload, headers, wantsReply } = event;
      if (out.json) out.record({ id, topic, group, attempt, payload, headers, wantsReply });
      else out.line(fit(formatEvent(event, out)));
    },
    async ack(event) {
      if (answer !== null && event.wantsReply) await event.reply(answer(event.payload));
      if (!isAcknowledged) await event.ack();
    },
    async giveBack(event) {
      if (!isAcknowledged) await event.nack({ delayMs: toDelayMs(event.attempt) });
    },
    toVariables: ({ topic, group, id, attempt }) => ({
      SINGYEONG_TOPIC: topic,
      SINGYEONG_GROUP: group,
      SINGYEONG_MESSAGE: id,
      SINGYEONG_ATTEMPT: `${attempt}`,
    }),
    toRecord: ({ topic, group, id, attempt }) => ({ id, topic, group, attempt }),
  };
}

function formatEvent({ topic, payload, attempt, headers, wantsReply }: TopicEvent, { paint }: Output): string {
  return [
    paint("faint", formatTime(Date.now())),
    paint("name", escapeText(topic)),
    formatJson(payload),
    ...(wantsReply ? [paint("unsure", "wants a reply")] : []),
    ...(attempt === 1 ? [] : [paint("unsure", `attempt ${attempt}`)]),
    ...Object.entries(headers).map(([name, value]) => paint("faint", escapeText(`${name}: ${value}`))),
  ].join("  ");
}
