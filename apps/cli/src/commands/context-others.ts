import { defineCommand } from "../command.ts";
import { hidden, maskServer } from "../connection/mask-server.ts";
import type { Context } from "../context/context.ts";
import type { ContextStore } from "../context/store.ts";
import { Failure, misuse } from "../failure.ts";
import { flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";

export const contextList = defineCommand({
  name: "list",
  group: "self",
  summary: "list the contexts; * marks the selected one",
  examples: [{ line: "sg context list --json", does: "for a program; passwords are hidden" }],
  async run({ contexts, out }) {
    const selected = contexts.selected();
    const rows = contexts.names().map((name) => ({ name, selected: name === selected, ...readShown(contexts, name) }));
    if (out.json) out.document(rows);
    else if (rows.length === 0) out.note("There is none yet: sg context add NAME --server localhost:4567");
    else
      await out.table(
        ["", "NAME", "SERVER", "PASSWORD", "ENCODING", "DESCRIPTION"].map((title) => ({ title })),
        rows.map((row) => [
          row.selected ? out.paint("good", "*") : "",
          out.paint("name", row.name),
          "problem" in row ? out.paint("bad", row.problem) : escapeText(row.server),
          ...("problem" in row ? [] : [row.auth ?? "", row.encoding ?? "", escapeText(row.description ?? "")]),
        ]),
      );
    return "ok";
  },
});

export const contextShow = defineCommand({
  name: "show",
  group: "self",
  summary: "show one context, or the selected one",
  arguments: [{ name: "name", summary: "the selected one where it is left out", complete: "context" }],
  examples: [{ line: "sg context show", does: "what commands use, where nothing else is said" }],
  async run({ contexts, out }, [given]) {
    const name = given ?? contexts.selected();
    if (name === null)
      throw new Failure("misuse", "cli/no-context", "no context is selected", {
        advice: "sg context use NAME selects one.",
      });
    const context = mask(contexts.read(name));
    const path = contexts.path(name);
    if (out.json) out.document({ name, path, selected: name === contexts.selected(), ...context });
    else
      for (const [key, value] of Object.entries({ name, ...context, path }))
        out.line(`${out.paint("faint", key.padEnd(12))}${escapeText(value)}`);
    return "ok";
  },
});

export const contextUse = defineCommand({
  name: "use",
  group: "self",
  summary: "select a context for all commands that follow",
  arguments: [{ name: "name", summary: "the context", complete: "context" }],
  options: { none: flag("select none") },
  examples: [
    { line: "sg context use home", does: "select it" },
    { line: "sg context use --none", does: "back to localhost:4567" },
  ],
  async run({ contexts, out, system }, [name], { none }) {
    if ((name === undefined) !== none) throw misuse("give the name of a context, or --none");
    contexts.select(name ?? null);
    if (out.json) out.document({ selected: name ?? null });
    else out.line(name === undefined ? "No context is selected." : `Selected "${name}".`);
    for (const variable of ["SINGYEONG_SERVER", "SINGYEONG_CONTEXT"])
      if (system.env[variable]) out.note(out.paintNote("unsure", `${variable} is set in this shell and wins over it.`));
    return "ok";
  },
});

export const contextRemove = defineCommand({
  name: "remove",
  group: "self",
  summary: "forget a context and its password",
  arguments: [{ name: "name", summary: "the context", required: true, complete: "context" }],
  examples: [{ line: "sg context remove old", does: "forget it" }],
  async run({ contexts, out }, [name]) {
    contexts.remove(name!);
    if (out.json) out.document({ removed: name });
    else out.line(`Removed "${name}".`);
    return "ok";
  },
});

function readShown(contexts: ContextStore, name: string): Context | { readonly problem: string } {
  try {
    return mask(contexts.read(name));
  } catch (error) {
    if (error instanceof Failure) return { problem: error.message };
    throw error;
  }
}

/** The password is shown as stars, also where it stands in a DSN. */
function mask(context: Context): Context {
  const server = maskServer(context.server);
  return context.auth === undefined ? { ...context, server } : { ...context, server, auth: hidden };
}
