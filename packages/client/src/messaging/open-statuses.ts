import type { Channel, createChannel } from "../channel/channel.ts";
import type { Status } from "../status/status.ts";
import type { StatusHub } from "../status/status-hub.ts";
import type { Late } from "./late.ts";
import { lateStream } from "./late-object.ts";

/** How many statuses wait for a reader; past it the oldest is dropped. */
const maxWaiting = 256;

/** What happens from now on, to iterate over; how that is done is loaded late. */
export function openStatuses(hub: Pick<StatusHub, "watch">, late: Late<typeof createChannel>): Channel<Status> {
  const early: Status[] = [];
  let channel: Channel<Status> | null = null;
  let isOver = false;
  const leave = hub.watch((status) => {
    if (status === null) end();
    else if (channel !== null) channel.push(status);
    else if (early.push(status) > maxWaiting) early.shift();
  });

  function end(): void {
    isOver = true;
    channel?.close();
  }

  const opened = late((create) => {
    channel = create<Status>(maxWaiting, leave);
    for (const status of early) channel.push(status);
    if (isOver) channel.close();
    return channel;
  });
  if (!(opened instanceof Promise)) return opened;
  opened.catch(leave);
  return lateStream(opened, () => {
    leave();
    end();
  });
}
