/** How a query comes to its choice. */
export interface Explanation {
  /** Clients of the application, or with the tags. */
  readonly considered: number;
  /** How many of these the query keeps, fallback apart. */
  readonly matched: number;
  /** How many may be chosen in the end. */
  readonly choices: number;
  /** Who may be chosen in the end, as many as `limit` let through. */
  readonly chosen: readonly ClientName[];
  /** Whether nothing matched and `optional` let everyone in. */
  readonly fallback: boolean;
  /** Whether `limit` left some out. */
  readonly truncated: boolean;
  readonly candidates: readonly Candidate[];
}

export interface ClientName {
  readonly app: string;
  readonly id: string;
}

export interface Candidate extends ClientName {
  readonly matched: boolean;
  /** What it failed by, the first of these; absent where it matched. */
  readonly reason?: "restricted" | "ineligible" | "ops" | "selector";
  /** Every op, logic before what it joins. */
  readonly ops: readonly OpOutcome[];
}

export interface OpOutcome {
  /** JSON Pointer into the query. */
  readonly at: string;
  readonly op: string;
  /** Of a comparison; logic has none. */
  readonly path?: string;
  readonly outcome: "true" | "false" | "unknown";
  /** A sentence: `12 is not < 5`. */
  readonly message: string;
  /** The value at the path, where there is one that is not too large to show. */
  readonly actual?: unknown;
}
