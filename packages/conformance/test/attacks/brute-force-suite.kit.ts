import { describe, expect, test } from "vitest";
import { listeners } from "../../src/start-server.ts";
import { besiege, describeSiege, median, type SiegeOptions } from "./brute-force.kit.ts";

/** How much longer messages may take under attack, of the p99 in peace: what a machine to itself takes is in SECURITY.md. */
const maxRatio = 100;
const maxGrowthBytes = 200_000_000;

/** A thousand clients exchange messages while somebody guesses passwords as fast as the machine goes, up to 10,000 a second. */
export function describeBruteForce(over: SiegeOptions["over"]): void {
  describe.each(listeners)(`10,000 guesses a second over ${over} (%s)`, (listener) => {
    test("find nothing, and keep a thousand clients from nothing", { timeout: 60_000 }, async () => {
      const options: SiegeOptions = { listener, over, perSecond: 10_000, rounds: 2, messages: 600 };
      const siege = await besiege(options);
      const seen = describeSiege(options, siege);
      // Every message that was sent has arrived, or there would be no round.
      expect(siege.loaded.map(({ messages }) => messages)).toEqual([600, 600]);
      const sum = (outcome: "right" | "wrong" | "throttled"): number =>
        siege.guesses.reduce((total, guesses) => total + guesses[outcome], 0);
      expect(sum("right"), seen).toBe(0);
      // Four addresses have ten attempts each, and one more each time that they have waited.
      expect(sum("wrong"), seen).toBeLessThan(4 * 20);
      expect(sum("throttled"), seen).toBeGreaterThan(sum("wrong"));
      const [calm, loaded] = [siege.calm, siege.loaded].map((rounds) => median(rounds.map(({ p99Ms }) => p99Ms)));
      expect(loaded! / calm!, seen).toBeLessThan(maxRatio);
      expect(siege.growthBytes, seen).toBeLessThan(maxGrowthBytes);
    });
  });
}
