import type { Clock } from "../ports/clock.ts";

/** Addresses of names, each looked up once in a while. */
export interface Names {
  /** At once where they are known; rejects where a name has none. */
  find(name: string): readonly string[] | Promise<readonly string[]>;
}

/** How long an answer is used: short, for services move. Nothing is allowed for being remembered: guards judge each use. */
const keptMs = 5000;
const maxNames = 1024;

interface Known {
  readonly addresses: readonly string[];
  readonly untilMs: number;
}

export function createNames(resolve: (name: string) => Promise<readonly string[]>, clock: Clock): Names {
  const known = new Map<string, Known>();
  const asked = new Map<string, Promise<readonly string[]>>();

  async function ask(name: string): Promise<readonly string[]> {
    try {
      const addresses = await resolve(name);
      if (known.size >= maxNames) known.clear();
      known.set(name, { addresses, untilMs: clock.elapsed() + keptMs });
      return addresses;
    } finally {
      asked.delete(name);
    }
  }

  return {
    find(name) {
      const found = known.get(name);
      if (found !== undefined && clock.elapsed() < found.untilMs) return found.addresses;
      const pending = asked.get(name);
      if (pending !== undefined) return pending;
      const answer = ask(name);
      asked.set(name, answer);
      return answer;
    },
  };
}
