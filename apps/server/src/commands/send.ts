import type { Query } from "@singyeong/query";
import type { Message } from "../delivery/delivery.ts";
import type { Client } from "../registry/client.ts";
import type { Services } from "./command.ts";
import { createMessageCommand } from "./message.ts";

/** How many clients whose sockets take nothing more are passed over before the message counts as unroutable. */
const maxFailovers = 3;

/** `SEND`: one client of the matching set gets the message; one whose socket takes no more is passed over. */
export const send = createMessageCommand("SEND", (services, query, message) => {
  const client = services.router.chooseOne(query);
  if (client === null) return 0;
  return services.delivery.toOne(client, message) ? 1 : failOver(services, query, message, client);
});

function failOver({ router, delivery }: Services, query: Query, message: Message, first: Client): number {
  const tried = new Set([first]);
  while (tried.size <= maxFailovers) {
    const client = router.chooseOne(query, (candidate) => !tried.has(candidate));
    if (client === null) return 0;
    if (delivery.toOne(client, message)) return 1;
    tried.add(client);
  }
  return 0;
}
