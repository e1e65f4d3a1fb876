import { createMessageCommand } from "./message.ts";

/** `BROADCAST`: every client of the matching set gets the message, the sender too where it matches. */
export const broadcast = createMessageCommand("BROADCAST", ({ router, delivery }, query, message) =>
  delivery.toMany(router.chooseAll(query), message),
);
