import type { CommandName, Commands, Downward, Upward } from "../stage/commands.ts";
import { type Census, takeCensus } from "./census.ts";
import type { Rejections } from "./rejections.ts";

/** A scenario's way to what is around it. */
export interface World extends Commands {
  /** What this program has running. */
  census(): Promise<Census>;
}

/** What carries messages between a scenario and the harness. */
export interface Channel {
  /** Resolves when the message is on its way. */
  post(message: Upward): Promise<void>;
  listen(handler: (answer: Downward) => void): void;
}

export type Scenario = (world: World) => Promise<void>;

/** Runs one scenario to its end, which it posts. A rejection that nobody handles fails it. */
export async function perform(scenario: Scenario, channel: Channel, rejections: Rejections): Promise<void> {
  const failure = await scenario(createWorld(channel)).then(
    () => null,
    (error: unknown) => describe(error),
  );
  const unhandled = await rejections.all();
  const missed = unhandled.length === 0 ? null : `nobody handled: ${unhandled.map(describe).join("\n")}`;
  await channel.post({ failure: failure ?? missed });
}

function createWorld(channel: Channel): World {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  channel.listen(({ call, value, error }) => {
    const { resolve, reject } = pending.get(call)!;
    pending.delete(call);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  const calling =
    (command: CommandName) =>
    (...args: string[]): Promise<never> =>
      new Promise((resolve, reject) => {
        const call = calls++;
        pending.set(call, { resolve: resolve as (value: unknown) => void, reject });
        void channel.post({ call, command, args });
      });
  return {
    startServer: calling("startServer"),
    killServer: calling("killServer"),
    restartServer: calling("restartServer"),
    drainServer: calling("drainServer"),
    layWire: calling("layWire"),
    resetWire: calling("resetWire"),
    unplugWire: calling("unplugWire"),
    plugWire: calling("plugWire"),
    freezeWire: calling("freezeWire"),
    thawWire: calling("thawWire"),
    startPeer: calling("startPeer"),
    killPeer: calling("killPeer"),
    census: takeCensus,
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return `${code === undefined ? "" : `${code}: `}${error.message}\n${error.stack ?? ""}`;
}
