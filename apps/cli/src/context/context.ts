/** Where a server is and how to be let in, kept under a name. */
export interface Context {
  /** As `--server` takes it. */
  readonly server: string;
  readonly auth?: string;
  readonly encoding?: "json" | "msgpack";
  /** A PEM file whose authorities are trusted, too; an absolute path. */
  readonly ca?: string;
  readonly description?: string;
}

export type ContextResult =
  | { readonly ok: true; readonly context: Context }
  | { readonly ok: false; readonly problem: string };

/** Names are file names everywhere, so they are plain. */
export const contextName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const fields = ["server", "auth", "encoding", "ca", "description"];

/** Reads a context's file. */
export function parseContext(text: string): ContextResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `it is no JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, problem: "it is no map" };
  const content = value as Readonly<Record<string, unknown>>;
  for (const [key, item] of Object.entries(content)) {
    if (!fields.includes(key)) return { ok: false, problem: `"${key}" is none of ${fields.join(", ")}` };
    if (typeof item !== "string") return { ok: false, problem: `"${key}" is no text` };
  }
  if (!content.server) return { ok: false, problem: '"server" is missing' };
  if (content.encoding !== undefined && content.encoding !== "json" && content.encoding !== "msgpack")
    return { ok: false, problem: `"encoding" is neither json nor msgpack` };
  return { ok: true, context: content as unknown as Context };
}

export function formatContext(context: Context): string {
  return `${JSON.stringify(context, null, 2)}\n`;
}
