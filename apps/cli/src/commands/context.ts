import { type Command, defineCommand } from "../command.ts";
import { contextAdd } from "./context-add.ts";
import { contextList, contextRemove, contextShow, contextUse } from "./context-others.ts";

export const contextCommand: Command = defineCommand({
  name: "context",
  group: "self",
  summary: "keep servers and their passwords under names",
  details: [
    "A context is a server, its password and an encoding under a name. --context NAME uses one for a command, sg context use NAME for all that follow.",
    "Contexts are files in $XDG_CONFIG_HOME/singyeong or ~/.config/singyeong (%APPDATA%\\singyeong on Windows), which you alone can read. One that holds a password and that others can read is refused. Passwords are never printed, and go to the server they were kept with alone.",
  ],
  subcommands: [contextAdd, contextList, contextShow, contextUse, contextRemove],
  examples: [
    { line: "sg context add home --server localhost:4567 --use", does: "keep a server, and use it from now on" },
    { line: "sg context list", does: "what there is" },
  ],
});
