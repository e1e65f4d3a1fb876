import type { Commands } from "../stage/commands.ts";

/** A scenario that takes longer, in milliseconds, hangs, and is ended. */
export const scenarioPatienceMs = 25_000;

/** Something that runs JavaScript. */
export interface Runtime extends AsyncDisposable {
  /**
   * Runs one scenario, which may call `commands`, in a process or page of its own.
   * @returns what was wrong, or `null`. To fail an assertion is wrong, and so are a rejection that nobody handles and,
   * where there is a process, not ending by itself afterwards.
   */
  run(scenario: string, commands: Commands): Promise<string | null>;
}
