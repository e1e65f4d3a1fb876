/** What is written down, and where. */
export interface Settings {
  /** The file that lines are added to; relative to where the server was started. */
  readonly file: string;
  /** Events that are written down; `null` is all. */
  readonly events: ReadonlySet<string> | null;
  /** Whether what was sent is written down as well. It may be large, and it may be private. */
  readonly payloads: boolean;
}

/** Reads `pluginSettings["audit-log"]`. @throws TypeError that says what is wrong */
export function readSettings(given: unknown): Settings {
  const { file = "audit.jsonl", events = null, payloads = false, ...rest } = (given ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`${unknown}: there is no such setting`);
  if (typeof file !== "string" || file === "") throw new TypeError("file: the path of a file");
  if (typeof payloads !== "boolean") throw new TypeError("payloads: true or false");
  if (events !== null && !(Array.isArray(events) && events.every((event) => typeof event === "string"))) {
    throw new TypeError("events: a list of names");
  }
  return { file, payloads, events: events === null ? null : new Set(events as string[]) };
}
