import { isIPv6 } from "node:net";
import { Pool } from "undici";
import type { Clock } from "../../ports/clock.ts";
import type { DialTarget } from "../../ports/dialer.ts";
import { createConnector } from "./connector.ts";

/** Connections to one target. */
export interface TargetPool {
  readonly pool: Pool;
  /** A request to it began, or is over. */
  enter(): void;
  leave(): void;
}

export interface Pools {
  take(target: DialTarget): TargetPool;
  close(): Promise<void>;
}

/** Pools without requests beyond which the one used longest ago is ended. */
const maxIdlePools = 256;
/** How long a pool is kept without requests. */
const idleMs = 30_000;
/** A connection without requests is closed so soon, or as the target asks, but never kept longer than `idleMs`. */
const keepAliveMs = 4000;
/** Of a target's answer. */
const maxHeaderBytes = 65_536;

interface Entry extends TargetPool {
  active: number;
  idleSinceMs: number;
}

/** Pools by target; those that nobody uses end. */
export function createPools(connectMs: number, clock: Clock): Pools {
  const connect = createConnector(connectMs);
  const entries = new Map<string, Entry>();
  /** Those without requests, the longest so first. */
  const idle = new Map<string, Entry>();
  let callOff: (() => void) | null = null;

  function create(key: string, { secure, address, port }: DialTarget): Entry {
    const host = isIPv6(address) ? `[${address}]` : address;
    const pool = new Pool(`${secure ? "https" : "http"}://${host}:${port}`, {
      connect,
      pipelining: 1,
      allowH2: false,
      // Who asks bounds the time.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: idleMs,
    });
    const entry: Entry = {
      pool,
      active: 0,
      idleSinceMs: 0,
      enter() {
        if (entry.active++ === 0) idle.delete(key);
      },
      leave() {
        if (--entry.active > 0 || entries.get(key) !== entry) return;
        entry.idleSinceMs = clock.elapsed();
        idle.set(key, entry);
        if (idle.size > maxIdlePools) end(idle.keys().next().value!);
        callOff ??= clock.after(idleMs, sweep);
      },
    };
    entries.set(key, entry);
    return entry;
  }

  function end(key: string): void {
    const entry = entries.get(key)!;
    entries.delete(key);
    idle.delete(key);
    void entry.pool.destroy();
  }

  function sweep(): void {
    callOff = null;
    for (const [key, { idleSinceMs }] of idle) {
      const leftMs = idleSinceMs + idleMs - clock.elapsed();
      if (leftMs > 0) {
        callOff = clock.after(leftMs, sweep);
        return;
      }
      end(key);
    }
  }

  return {
    take(target) {
      const key = `${target.secure ? target.serverName : ""}|${target.secure}|${target.address}|${target.port}`;
      return entries.get(key) ?? create(key, target);
    },
    async close() {
      callOff?.();
      callOff = null;
      const ending = Array.from(entries.values(), ({ pool }) => pool.destroy());
      entries.clear();
      idle.clear();
      await Promise.all(ending);
    },
  };
}
