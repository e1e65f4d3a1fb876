import type { Loaded } from "@singyeong/plugin";
import { PluginError } from "../../kernel/plugin-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OwnContext } from "./context.ts";
import type { Part } from "./part.ts";

/** How long loading a plugin may take, in milliseconds: it may have to fetch something first. */
const loadMs = 30_000;

/** A plugin with how it begins and ends. */
export interface LivingPart extends Part {
  readonly own: OwnContext;
}

/** Begins and ends plugins. */
export interface Life {
  /** Loads them in their order. @throws PluginError that names the one that does not load; those before it have ended then */
  start(): Promise<void>;
  /** Ends them, last to first. What fails is logged, and hinders nobody. */
  stop(): Promise<void>;
}

export function createLife(
  parts: readonly LivingPart[],
  clock: Clock,
  offer: (plugin: string, exports: unknown) => void,
): Life {
  /** In the order of loading. */
  const begun: LivingPart[] = [];
  let stopping: Promise<void> | null = null;

  async function start(): Promise<void> {
    for (const part of parts) {
      const { name, load } = part.plugin;
      begun.push(part);
      if (load === undefined) continue;
      try {
        const loading = async (): Promise<unknown> => part.plugin.load!(part.context);
        keep(part, readLoaded(await inTime(loading(), clock)));
      } catch (error) {
        await stop();
        throw new PluginError(`plugin ${name} did not load: ${error instanceof Error ? error.message : error}`, error);
      }
    }
  }

  function keep({ plugin, own }: LivingPart, { state, exports, stop }: Loaded): void {
    own.setState(state);
    offer(plugin.name, exports);
    if (stop !== undefined) own.context.onStop(stop);
  }

  async function end({ guard, own }: LivingPart): Promise<void> {
    own.end();
    for (const task of own.takeStops()) await guard.runAlways("stop", null, task);
  }

  function stop(): Promise<void> {
    stopping ??= begun
      .splice(0)
      .reduceRight<Promise<void>>((before, part) => before.then(() => end(part)), Promise.resolve());
    return stopping;
  }

  return { start, stop };
}

function readLoaded(loaded: unknown): Loaded {
  if (loaded === undefined || loaded === null) return {};
  const wrong = new TypeError("load is to return { state, exports, stop }, or nothing");
  if (typeof loaded !== "object") throw wrong;
  if (Object.keys(loaded).some((key) => key !== "state" && key !== "exports" && key !== "stop")) throw wrong;
  const { stop } = loaded as Loaded;
  if (stop !== undefined && typeof stop !== "function") throw new TypeError("stop is to be a function");
  return loaded;
}

function inTime<T>(promise: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(loadMs, () => reject(new Error(`it took longer than ${loadMs / 1000} s`)));
    promise.then(resolve, reject).finally(callOff);
  });
}
