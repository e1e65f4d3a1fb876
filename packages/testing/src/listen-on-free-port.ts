import { randomInt } from "node:crypto";

/**
 * Ports below those that systems give to whoever asks for any. While a server is down, between `kill` and `restart`, its
 * port stays free: no connection of this machine gets it as its own end, not even one that a client makes to that very
 * port. And uWebSockets.js lets a port be taken again at once only where it had been named, not where it was 0.
 */
const firstPort = 10_000;
const lastPort = 32_767;

/** How many ports are tried before a start fails. */
const maxAttempts = 20;

/** Runs `listen` with ports until one is free; resolves with what that one came to. Rejects with the error of any other kind, or the last. */
export async function listenOnFreePort(listen: (port: number) => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(randomInt(firstPort, lastPort + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === maxAttempts) throw error;
    }
  }
}
