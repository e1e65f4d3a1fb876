/** What a server must have for queues as this client uses them. */
export const extension = "queue2";
