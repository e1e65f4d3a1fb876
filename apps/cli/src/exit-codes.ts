/** How the process ends: one number per kind of outcome, so that scripts can tell them apart. */
export const exitCodes = {
  ok: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "failed in a way that no other code names" },
  misuse: { code: 2, meaning: "the command, its arguments, a payload or a context is wrong" },
  unreachable: { code: 3, meaning: "no server was reached, or the connection to it was lost" },
  refused: {
    code: 4,
    meaning: "the server or who was called refused: wrong or missing password, invalid query or metadata, full queue",
  },
  noMatch: { code: 5, meaning: "no client matches, or there is no such queue or message" },
  timeout: { code: 6, meaning: "the answer did not come in time" },
  interrupted: { code: 130, meaning: "interrupted with Ctrl-C, where that is not how the command ends" },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type Outcome = keyof typeof exitCodes;
