import { choice, duration, flag, type OptionValues, text } from "./option.ts";

/** Options of every command. */
export const globalOptions = {
  server: text("server", "where the server is: host, host:port, http(s)://… or a DSN [SINGYEONG_SERVER]", {
    short: "s",
  }),
  context: text("name", "a context, see `sg help context` [SINGYEONG_CONTEXT]", { short: "c", complete: "context" }),
  auth: text("password", "the server's password; others can see it here, so better --auth-file [SINGYEONG_AUTH]"),
  authFile: text("file", "a file whose first line is the password; - reads standard input", { complete: "file" }),
  ca: text("file", "trust the certificate authorities of this PEM file, too", { complete: "file" }),
  encoding: choice(["json", "msgpack"], undefined, "how messages travel between sg and the server"),
  timeout: duration(10_000, "how long to wait for an answer: 500ms, 10s, 2m"),
  json: flag("print JSON; errors too, on standard error", { short: "j" }),
};

export type GlobalOptions = OptionValues<typeof globalOptions>;
