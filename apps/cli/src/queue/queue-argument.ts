import type { Argument } from "../command.ts";

/** The queue that a command is about. */
export const queueArgument = {
  name: "queue",
  summary: "the queue's name",
  required: true,
  complete: "queue",
} as const satisfies Argument;
