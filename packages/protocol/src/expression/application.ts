import { ExpressionError } from "./expression-error.ts";

/** An escape, or else one character. */
const TOKEN = /\\[\\,#*]|./gsu;

/** One of what commas separate. */
interface Part {
  text: string;
  isTag: boolean;
}

/**
 * Reads the `application` of a query as it is written on a command line: `api` is an application, `#edge,#asia` all
 * clients with both tags, `*` everyone. A backslash takes the meaning from `#`, `*`, `,` and itself: `\#odd` is the
 * application "#odd", `#a\,b` the tag "a,b".
 * @returns an application id, tags, or `undefined` for everyone
 * @throws ExpressionError
 */
export function parseApplication(text: string): string | readonly string[] | undefined {
  if (text === "*") return undefined;
  const parts = parseParts(text);
  if (parts.every(({ isTag }) => isTag)) return parts.map((part) => part.text);
  const [only, another] = parts;
  if (another !== undefined) return refuse("one application, or # before each tag", text);
  return only!.text === "" ? refuse("an application, #tag,#tag or *", text) : only!.text;
}

/**
 * The inverse of {@link parseApplication}. No tags at all ask for nothing, so they are everyone as well.
 * @throws ExpressionError for the empty id, which no application has
 */
export function formatApplication(application: string | readonly string[] | undefined): string {
  if (application === undefined || application.length === 0) {
    return application === "" ? refuse("an application", "") : "*";
  }
  if (typeof application !== "string") return application.map((tag) => `#${escapeName(tag)}`).join(",");
  return application.startsWith("#") || application === "*" ? `\\${escapeName(application)}` : escapeName(application);
}

function parseParts(text: string): readonly Part[] {
  let part: Part = { text: "", isTag: false };
  const parts = [part];
  for (const token of text.match(TOKEN) ?? []) {
    if (token === "\\") refuse("one of \\ , # * behind a backslash", text);
    if (token === ",") {
      part = { text: "", isTag: false };
      parts.push(part);
    } else if (token === "#" && part.text === "" && !part.isTag) part.isTag = true;
    else part.text += token.length === 2 && token.startsWith("\\") ? token[1] : token;
  }
  return parts;
}

function escapeName(text: string): string {
  return text.replace(/[\\,]/g, "\\$&");
}

function refuse(expected: string, text: string): never {
  throw new ExpressionError(`expected ${expected}, found ${JSON.stringify(text.slice(0, 64))}`);
}
