import type { Plugin, PluginContext } from "@singyeong/plugin";
import type { Guard } from "./guard.ts";

/** A plugin's module, checked. */
export interface Definition {
  readonly plugin: Plugin;
  /** Where it was found, for people. */
  readonly source: string;
}

/** A plugin that is part of a server. */
export interface Part {
  readonly plugin: Plugin;
  readonly guard: Guard;
  /** Its `state` is there once it has been loaded. */
  readonly context: PluginContext;
}

/** What may be there at once, or as a promise. */
export type Soon<T> = T | Promise<T>;
