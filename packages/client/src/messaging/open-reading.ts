import { handlerThrew } from "../status/status-hub.ts";
import type { Core } from "./core.ts";
import { createReading, type Reading } from "./reading.ts";
import { receiveMessage } from "./received-message.ts";
import { createReply } from "./reply.ts";

export { createChannel } from "../channel/channel.ts";

/** How a client reads what others send. */
export function openReading({ messenger, inbox, hub }: Pick<Core, "messenger" | "inbox" | "hub">): Reading {
  const reply = createReply(messenger);
  return createReading((arrival) => receiveMessage(arrival, reply), inbox, {
    dropped: () => hub.dropped("inbox"),
    failed: (cause) => hub.report(handlerThrew(cause)),
  });
}
