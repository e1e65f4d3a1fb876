import { commaList, flag, list, text } from "../options/option.ts";

/** Options of whatever answers calls. */
export const serveOptions = {
  quiet: flag("tell of no calls", { short: "q" }),
  meta: list("key=value", "metadata, to be found by; as in sg watch", { short: "m" }),
  tags: commaList("a,b", "tags to register", { short: "t" }),
  id: text("id", "the client's id; default a random one"),
};
