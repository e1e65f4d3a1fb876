import { broadcast } from "./broadcast.ts";
import type { Command } from "./command.ts";
import { queryNodes } from "./query-nodes.ts";
import { queuePush } from "./queue-push.ts";
import { queueRequest, queueRequestCancel } from "./queue-request.ts";
import { queueAck, queueExtend, queueNack } from "./queue-settle.ts";
import { received } from "./received.ts";
import { send } from "./send.ts";
import { serveHttp } from "./serve-http.ts";
import { streamCall } from "./stream-call.ts";
import { streamAbort, streamCredit, streamData } from "./stream-messages.ts";
import { publish } from "./topic-publish.ts";
import { ack, nack, reply } from "./topic-settle.ts";
import { subscribe, unsubscribe } from "./topic-subscribe.ts";
import { updateMetadata } from "./update-metadata.ts";

/** Every dispatch event that a client may send, by name. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [
    updateMetadata,
    send,
    broadcast,
    queryNodes,
    queuePush,
    queueRequest,
    queueRequestCancel,
    queueAck,
    queueNack,
    queueExtend,
    subscribe,
    unsubscribe,
    publish,
    ack,
    nack,
    reply,
    received,
    streamCall,
    streamData,
    streamCredit,
    streamAbort,
    serveHttp,
  ].map((command) => [command.event, command]),
);
