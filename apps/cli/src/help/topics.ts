import { exitCodes } from "../exit-codes.ts";
import type { Paint } from "../output/colour.ts";
import { callsPage } from "./calls-page.ts";
import { topicsPage } from "./topics-page.ts";

/** Something to read that is no command. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  lines(page: { readonly paint: Paint }): readonly string[];
}

export const topics: readonly Topic[] = [
  {
    name: "targets",
    summary: "who a message is for: applications, expressions, selectors",
    lines: ({ paint }) => [
      "A target is an application and, where you like, an expression over its clients' metadata.",
      "",
      paint("heading", "Applications"),
      "  api                      clients of the application api",
      "  '#edge,#asia'            clients that registered both tags; also --tags edge,asia",
      "  '*'                      every client",
      "",
      paint("heading", "Expressions"),
      "  region=eu                equal; also != < <= > >=",
      "  limits.cpu>=2            into maps, and lists: guilds.0; or /limits/cpu",
      "  version>=2.1.0           versions compare as versions where the metadata is one",
      "  region in [eu, asia]     one of; also: not in",
      "  guilds has 4             a list holds it, a map has the key; also: not has",
      "  exists tier              the path is there; also: !exists tier",
      "  used < @slots            one path against another",
      "  a=1 && (b=2 || !(c=3))   and, or, not",
      "",
      "Who lacks a path never matches by lacking it, not under != either: !exists asks for absence.",
      "Text with other than letters, digits and _-.:/+ goes in quotes, the expression as a whole as well:",
      "  sg query api 'name=\"Jane Doe\" && latency<100'",
      "",
      paint("heading", "Options"),
      "  --min, --max, --avg PATH  of those that match, the best",
      "  --key KEY                 the same client for the same key (messages)",
      "  --optional                where nothing matches, as if there were no conditions",
      "  --restricted              clients in restricted mode too",
      "  --droppable               no error where nobody matches (messages)",
      "  --query JSON|@FILE        the whole query as it travels, instead of all this",
      "",
      "sg send … --dry-run prints the query that a target stands for; sg explain shows how it comes out.",
    ],
  },
  callsPage,
  topicsPage,
  {
    name: "exit-codes",
    summary: "what the exit code says",
    lines: () => Object.values(exitCodes).map(({ code, meaning }) => `${`${code}`.padStart(5)}  ${meaning}`),
  },
  {
    name: "environment",
    summary: "variables that sg reads, and what wins over what",
    lines: () => [
      "  SINGYEONG_SERVER    where the server is, as --server",
      "  SINGYEONG_AUTH      its password",
      "  SINGYEONG_CONTEXT   the name of a context, as --context",
      "  NO_COLOR            set to anything: no colour",
      "  XDG_CONFIG_HOME     where contexts are kept, in singyeong/; ~/.config where it is not set",
      "",
      "The server is the first of: --server or --context, SINGYEONG_SERVER, the context that",
      "SINGYEONG_CONTEXT names, the selected one (sg context use), localhost:4567.",
      "The password is the first of: --auth or --auth-file, that of --context, SINGYEONG_AUTH, that of the",
      "context in use, that in the DSN. What is kept with a context goes to its own server and to no other.",
    ],
  },
  {
    name: "json",
    summary: "what --json prints",
    lines: () => [
      "Results are on standard output: one JSON document, or one object per line where they come as a stream",
      "(watch, call, pub, sub, send --reply, send --dry-run; queue push, consume, peek and dead). On a terminal",
      "a document is indented.",
      'Errors are one line on standard error: {"error": {"code", "message", "advice", "details", "exitCode"}}.',
      "Codes are stable: cli/… and client/… are found on this side, all others are the server's.",
      "Whole numbers keep all their digits, also beyond 2^53: read them with a parser that does as well.",
      'Remarks and progress are left out; sg watch tells on standard error of its connection and of failed replies: {"status": …}.',
    ],
  },
];
