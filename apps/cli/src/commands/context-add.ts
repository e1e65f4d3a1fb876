import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { addressAdvice, parseAddress } from "../connection/address.ts";
import { maskServer } from "../connection/mask-server.ts";
import { readAuthority } from "../connection/trust.ts";
import type { Context } from "../context/context.ts";
import { misuse } from "../failure.ts";
import { readPassword } from "../input/password.ts";
import { flag, text } from "../options/option.ts";

export const contextAdd = defineCommand({
  name: "add",
  group: "self",
  summary: "keep a server under a name",
  details: ["Takes --server, --auth-file (or --auth), --ca and --encoding. The first context is selected at once."],
  arguments: [{ name: "name", summary: "letters, digits, dots, _ and -", required: true }],
  options: {
    description: text("text", "a word about it"),
    replace: flag("overwrite a context of this name"),
    use: flag("select it"),
  },
  examples: [
    { line: "sg context add home --server localhost:4567", does: "a server without password" },
    {
      line: 'printf %s "$PASSWORD" | sg context add prod --server ssingyeong://sg@sg.example --auth-file -',
      does: "one with TLS, its password from standard input",
    },
  ],
  async run({ contexts, global, out, system }, [name], { description, replace, use }) {
    const { server, encoding, auth, authFile, ca } = global;
    if (server === undefined)
      throw misuse("--server is missing", `As in: sg context add ${name} --server localhost:4567`);
    if (parseAddress(server) === null) throw misuse(`"${maskServer(server)}" is no address of a server`, addressAdvice);
    if (auth !== undefined && authFile !== undefined)
      throw misuse("--auth and --auth-file are two passwords; give one");
    if (contexts.has(name!) && !replace)
      throw misuse(`there is a context "${name}" already`, "--replace overwrites it.");
    // `--auth -` reads standard input as well, which is what hands used to other tools type.
    const file = authFile ?? (auth === "-" ? "-" : undefined);
    const password = file === undefined ? auth : await readPassword(file, system.stdin);
    if (ca !== undefined) readAuthority(ca);
    const context: Context = {
      server,
      ...(password !== undefined && { auth: password }),
      ...(encoding !== undefined && { encoding }),
      ...(ca !== undefined && { ca: resolve(ca) }),
      ...(description !== undefined && { description }),
    };
    const isFirst = contexts.names().length === 0;
    contexts.write(name!, context);
    const selected = use || isFirst;
    if (selected) contexts.select(name!);
    if (out.json) out.document({ name, path: contexts.path(name!), selected });
    else out.line(`Kept "${name}" in ${contexts.path(name!)}${selected ? ", and selected it" : ""}.`);
    return "ok";
  },
});
