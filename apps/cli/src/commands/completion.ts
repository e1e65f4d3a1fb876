import { basename } from "node:path";
import { defineCommand } from "../command.ts";
import { readCompletionScript, type Shell, shells } from "../completion/scripts.ts";
import { misuse } from "../failure.ts";

export const completionCommand = defineCommand({
  name: "completion",
  group: "self",
  summary: "print a script that lets your shell complete sg",
  details: [
    "bash: put source <(sg completion bash) into ~/.bashrc. zsh: source <(sg completion zsh) into ~/.zshrc, behind compinit. fish: sg completion fish > ~/.config/fish/completions/sg.fish",
    "Commands, options, contexts and the applications that are connected are completed; the script itself asks sg, so it need not be renewed.",
  ],
  arguments: [{ name: "shell", summary: "bash, zsh or fish", required: true, complete: shells }],
  examples: [
    { line: "source <(sg completion bash)", does: "for this bash" },
    { line: "sg completion fish | source", does: "for this fish" },
  ],
  async run({ out, system }, [shell]) {
    if (!shells.includes(shell as Shell)) {
      const own = basename(system.env.SHELL ?? "");
      const advice = shells.includes(own as Shell) ? `Yours seems to be ${own}.` : undefined;
      throw misuse(`there is no completion for "${shell}": it is one of ${shells.join(", ")}`, advice);
    }
    const script = readCompletionScript(shell as Shell);
    if (out.json) out.document({ shell, script });
    else out.raw(script);
    return "ok";
  },
});
