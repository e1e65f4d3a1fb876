import type { Value } from "./value.ts";

/** A client of the server; its metadata is as it is when it is read. */
export interface PluginClient {
  readonly application: string;
  readonly id: string;
  /** True where it is let in without trust: it is told little and may do less. */
  readonly restricted: boolean;
  /** The tenant or environment that it belongs to; `null` is none. */
  readonly namespace: string | null;
  /** Its address; `null` where it is restricted. */
  readonly ip: string | null;
  /** What it says about itself: plain values by key. Look keys up with `Object.hasOwn`, never with `in`. */
  readonly metadata: { readonly [key: string]: Value };
}
