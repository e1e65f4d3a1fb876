import { createMessageCommand } from "../send/message-command.ts";

export const broadcastCommand = createMessageCommand("BROADCAST", {
  name: "broadcast",
  summary: "send a message to every client that matches",
  details: [
    "Arguments and payloads are those of sg send. sg is a client itself, of the application sg: where it matches, it counts.",
  ],
  examples: [
    { line: `sg broadcast api '{"reload":true}'`, does: "to all clients of api" },
    { line: `sg broadcast '*' 'version<2.0.0' --text 'please update'`, does: "to everyone who is old" },
  ],
});
