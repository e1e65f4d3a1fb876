import type { Commands, Downward, Upward } from "./commands.ts";

/** Carries out a call of a scenario. Never rejects: what goes wrong is in the answer. */
export async function serve(
  commands: Commands,
  { call, command, args }: Extract<Upward, { call: number }>,
): Promise<Downward> {
  try {
    const action: (...args: string[]) => Promise<unknown> = commands[command];
    const value = await action(...args);
    return { call, value: typeof value === "string" ? value : undefined };
  } catch (error) {
    return { call, error: String(error) };
  }
}
