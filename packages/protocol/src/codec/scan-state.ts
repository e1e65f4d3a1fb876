import type { FrameFault, FrameLimits } from "./codec.ts";

/** No frame nests deeper than this, whatever is configured: it bounds the recursion of `decode`. */
const MAX_DEPTH = 1024;

/**
 * A scan's state: its bounds, what it last found, and the fault that ended it. Scanning functions return the offset
 * behind what they read, or −1 after writing `fault`; one record serves all frames of a codec.
 */
export class Scan {
  maxDepth = 0;
  /** Where the text of the key read last starts and ends. */
  keyStart = 0;
  keyEnd = 0;
  /** Entries of the map opened last. */
  count = 0;
  /** Map keys so far that may not be passed on as they are: atoms, and keys that a map repeats (etf). */
  oddKeys = 0;
  /** Where the keys of the maps around the current value start and end, in pairs (etf). */
  readonly openKeys: number[] = [];
  fault: FrameFault | undefined;
  /** For each container around the current one: what kind it is, how many values it still awaits, and (etf) the length of `openKeys` when it opened. */
  readonly stack: Int32Array = new Int32Array(3 * MAX_DEPTH);

  begin(limits: FrameLimits): void {
    this.maxDepth = Math.min(limits.maxDepth, MAX_DEPTH);
    this.oddKeys = 0;
    this.openKeys.length = 0;
    this.fault = undefined;
  }

  fail(fault: FrameFault["fault"], message: string, at: number): -1 {
    this.fault = { fault, message, at };
    return -1;
  }

  /** The bytes end before the value does. */
  cutShort(bytes: Uint8Array): -1 {
    return this.fail("malformed", "the frame ends in the middle of a value", bytes.length);
  }

  tooDeep(at: number): -1 {
    return this.fail("too-deep", `maps and lists nest deeper than ${this.maxDepth} levels`, at);
  }
}
