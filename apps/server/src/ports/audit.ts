/** Something that an administrator did, or tried to. */
export interface AuditEntry {
  /** Who it was by token or account; `null` where a password says no name, or where the server's own process did it. */
  readonly actor: string | null;
  /** The address that it came from; `null` where it came from the process itself, as by a signal. */
  readonly peer: string | null;
  /** What was done, such as `queue.purge`. */
  readonly action: string;
  /** What it was done to, such as a queue's name; `null` where the action says it all. */
  readonly target: string | null;
  /** `ok`, or the row of the table of errors by which it failed. */
  readonly outcome: string;
  /** What else was asked for. No secrets. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where actions of administration are written down. */
export interface Audit {
  /** Writes an entry down, with the time. Never throws: what cannot be written is counted and logged. */
  note(entry: AuditEntry): void;
  /** Resolves once all that was noted is written, or cannot be. */
  close(): Promise<void>;
}
