import { type Command, defineCommand } from "../command.ts";
import { queueAck, queueBackup, queuePause, queueRedrive, queueResume } from "./queue-change.ts";
import { queueConsume } from "./queue-consume.ts";
import { queueInfo, queueLs } from "./queue-ls.ts";
import { queueDead, queuePeek } from "./queue-peek.ts";
import { queuePurge } from "./queue-purge.ts";
import { queuePush } from "./queue-push.ts";

export const queueCommand: Command = defineCommand({
  name: "queue",
  group: "messages",
  summary: "keep messages until somebody has dealt with them",
  details: [
    "A queue holds messages, each of which says by its target who may take it. A client gets one when it asks for some and the target matches it, and has it until it acknowledges it; otherwise the message comes back. A message that was stored is on disk: it is given out at least once, whatever is stopped.",
    "A queue comes into being with its first message, and goes when it is empty and nobody asks for its messages.",
  ],
  subcommands: [
    queuePush,
    queueConsume,
    queueLs,
    queueInfo,
    queuePeek,
    queueDead,
    queueAck,
    queueRedrive,
    queuePurge,
    queuePause,
    queueResume,
    queueBackup,
  ],
  examples: [
    {
      line: `sg queue push jobs worker 'gpu=true' '{"render":17}'`,
      does: "a message for one client of worker that has a GPU",
    },
    { line: "sg queue consume jobs --app worker --meta gpu=true", does: "be such a client" },
    { line: "sg queue ls", does: "what there is" },
  ],
});
