import { maxRequestCount } from "@singyeong/protocol";
import { type Command, refuse, refuseForbidden } from "./command.ts";
import { readWhole, refuseField } from "./fields.ts";
import { readPlainQueueName, readQueueName } from "./queue-fields.ts";

/** `QUEUE_REQUEST`: the sender is ready for more messages of a queue. */
export const queueRequest: Command = {
  event: "QUEUE_REQUEST",
  allowRestricted: false,
  hasNonce: true,
  run({ queues }, sender, frame) {
    const queue = readPlainQueueName(sender.codec, frame);
    if (typeof queue !== "string") return queue;
    if (sender.rights !== null && !sender.rights.mayConsume(queue)) {
      return refuseForbidden("/d/queue", "this client may not take messages of this queue");
    }
    const count = readWhole(sender.codec, frame, "count", { min: 1, max: maxRequestCount }, 1);
    if (count === null) return refuseField("count", `count is a whole number from 1 to ${maxRequestCount}`);
    // One that has said goodbye gets nothing more.
    if (sender.membership === null) return null;
    const refused = queues.request(sender, queue, count);
    return refused === null ? null : refuse(refused.code, refused.extraInfo);
  },
};

/** `QUEUE_REQUEST_CANCEL`: the sender takes its requests for messages of a queue back. */
export const queueRequestCancel: Command = {
  event: "QUEUE_REQUEST_CANCEL",
  allowRestricted: false,
  hasNonce: true,
  run({ queues }, sender, frame) {
    const queue = readQueueName(sender.codec, frame);
    if (typeof queue !== "string") return queue;
    queues.cancel(sender, queue);
    return null;
  },
};
