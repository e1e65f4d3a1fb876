import { defineCommand } from "../command.ts";

export const helpCommand = defineCommand({
  name: "help",
  group: "self",
  summary: "show help on a command or a topic",
  arguments: [{ name: "command", summary: "a command, or a topic", variadic: true, complete: "command" }],
  examples: [
    { line: "sg help send", does: "how to send" },
    { line: "sg help targets", does: "how to say who a message is for" },
    { line: "sg help --json", does: "all commands and options, for a program" },
  ],
  async run({ system, out }, path) {
    const { printHelp } = await import("../help/help.ts");
    if (!out.json) printHelp(path, system);
    else out.document((await import("../help/describe-commands.ts")).describeCommands(path));
    return "ok";
  },
});
