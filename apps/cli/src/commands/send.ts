import { createMessageCommand } from "../send/message-command.ts";

export const sendCommand = createMessageCommand("SEND", {
  name: "send",
  summary: "send a message to one client that matches",
  details: [
    "The last argument is the payload: JSON, @file (a JSON document, or one message a line), or - for standard input, one message a line. Without it, what is piped in is sent.",
    "Many messages are sent one behind the other without waiting for each answer, in their order. The first failure ends it, unless --keep-going is given; then the exit code is that of the first failure.",
  ],
  examples: [
    { line: `sg send api '{"hi":1}'`, does: "to any client of api" },
    { line: `sg send api 'latency<=100 && region=eu' '{"hi":1}'`, does: "to one that is fast and in Europe" },
    { line: "sg send api --min latency --text hello", does: "plain text, to the fastest" },
    { line: "sg send worker @jobs.ndjson --keep-going", does: "a message per line of a file" },
    { line: "tail -f app.log | sg send logs --text -", does: "every line as it comes" },
    { line: `sg send api '{"add":[1,2]}' --reply`, does: "and wait for the answer" },
  ],
});
