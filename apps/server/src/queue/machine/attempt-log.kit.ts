/** Remembers how often messages had been given out when: it need not be stored at once. */
export interface AttemptLog {
  /** At a moment everything that was to be stored was, with these attempts in force. */
  note(atMs: number, attempts: ReadonlyMap<number, number>): void;
  /** How many attempts must have been stored of a message by now. */
  certain(token: number): number;
  /** The attempts of some messages count anew. */
  restart(tokens: readonly number[]): void;
  /** After a restart only what was certain before is. */
  reopen(): void;
}

/** Time within which it is stored that a message was given out. */
const lingerMs = 100;

export function createAttemptLog(): AttemptLog {
  let certain: ReadonlyMap<number, number> = new Map();
  let lately: { readonly atMs: number; readonly attempts: ReadonlyMap<number, number> }[] = [];
  return {
    certain: (token) => certain.get(token) ?? 0,
    note(atMs, attempts) {
      lately.push({ atMs, attempts });
      while (lately[0]!.atMs <= atMs - lingerMs) certain = lately.shift()!.attempts;
    },
    restart(tokens) {
      lately = [];
      certain = new Map([...certain].filter(([token]) => !tokens.includes(token)));
    },
    reopen() {
      lately = [];
    },
  };
}
