import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import type { Credentials, Verdict } from "../ports/authenticator.ts";
import { createSeededRandom, createTestMetrics } from "../testing/fixtures.ts";
import { firstRefusalMs, maxRefusalMs, windowMs } from "./attempt-table.ts";
import { createThrottle, networkOf } from "./throttle.ts";

const grant = { permissions: null, expiresAtMs: null, subject: null };
const verdicts: Record<string, Verdict> = {
  right: { ok: true, grant: { ...grant, restricted: false }, isWrong: false },
  wrong: { ok: true, grant: { ...grant, restricted: true }, isWrong: true },
  forged: { ok: false, code: "auth/failed", reasons: [], isWrong: true },
  expired: { ok: false, code: "auth/failed", reasons: [] },
};
const unknown: Verdict = { ok: true, grant: { ...grant, restricted: true }, isWrong: false };

function create(attempts = 10) {
  const clock = createSteppedClock(0);
  const metrics = createTestMetrics();
  let judged = 0;
  const judge = ({ secret }: Credentials): Verdict => {
    judged++;
    return secret === null ? unknown : verdicts[secret]!;
  };
  const throttle = createThrottle({ judge }, { attempts, clock, random: createSeededRandom(1), metrics });
  return {
    clock,
    metrics,
    judged: () => judged,
    /** What comes of a secret: its own name where it was judged, else for how long it is refused. */
    async try(secret: string | null, peer = "10.0.0.1", id: string | null = "till") {
      const client = id === null ? null : { application: "shop", id };
      const verdict = await throttle.judge({ secret, peer, over: "socket", client });
      if (!verdict.ok && verdict.code === "auth/throttled") return verdict.retryAfterMs;
      return secret;
    },
    async tryTimes(times: number, secret: string, peer?: string, id?: string | null) {
      const outcomes = [];
      for (let i = 0; i < times; i++) outcomes.push(await this.try(secret, peer, id));
      return outcomes;
    },
  };
}

describe("the throttle", () => {
  it("refuses an address after ten wrong secrets, for twice as long each time", async () => {
    const throttle = create();
    expect(await throttle.tryTimes(10, "wrong")).toEqual(Array(10).fill("wrong"));
    expect(await throttle.try("right")).toBe(1000);
    expect(throttle.judged()).toBe(10);
    for (const seconds of [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      throttle.clock.advance((await throttle.try("wrong")) as number);
      expect(await throttle.try("wrong")).toBe("wrong");
      expect(await throttle.try("wrong")).toBe(seconds * 1000);
    }
    expect(throttle.metrics.total("singyeong_auth_wrong_total")).toBe(21);
  });

  it("judges a right secret once the refusal is over, and forgets after as long again and a minute", async () => {
    const throttle = create();
    await throttle.tryTimes(10, "wrong");
    throttle.clock.advance(1000);
    expect(await throttle.try("right")).toBe("right");
    throttle.clock.advance(1000 + windowMs);
    expect(await throttle.tryTimes(10, "wrong")).toEqual(Array(10).fill("wrong"));
    expect(await throttle.try("wrong")).toBe(firstRefusalMs);
  });

  it("never refuses who shows no secret", async () => {
    const throttle = create(1);
    await throttle.try("wrong");
    expect([await throttle.try("right"), await throttle.try(null)]).toEqual([1000, null]);
  });

  it("counts forged tokens, and none that have only expired", async () => {
    const throttle = create(2);
    await throttle.tryTimes(5, "expired");
    expect(await throttle.tryTimes(3, "forged")).toEqual(["forged", "forged", 1000]);
  });

  it("refuses for a client's name from anywhere, but where a right secret was shown lately", async () => {
    const throttle = create();
    expect(await throttle.try("right", "10.0.9.9")).toBe("right");
    for (let i = 0; i < 10; i++) await throttle.try("wrong", `10.0.1.${i}`);
    expect(await throttle.try("wrong", "10.0.1.99")).toBe(1000);
    expect(await throttle.try("wrong", "10.0.1.99", "other")).toBe("wrong");
    expect(await throttle.try("right", "10.0.9.9")).toBe("right");
  });

  it("does not let a right secret make up for wrong ones", async () => {
    const throttle = create(3);
    for (let i = 0; i < 3; i++) {
      await throttle.try("wrong", "10.0.0.1", null);
      await throttle.try("right", "10.0.0.1", null);
    }
    expect(await throttle.try("wrong", "10.0.0.1", null)).toBe(1000);
  });

  it("takes a network of IPv6 for one address", async () => {
    const throttle = create();
    for (let i = 0; i < 10; i++) await throttle.try("wrong", `2001:db8:1:2::${i.toString(16)}`, null);
    expect(await throttle.try("wrong", "2001:db8:1:2:ffff::1", null)).toBe(1000);
    expect(await throttle.try("wrong", "2001:db8:1:3::1", null)).toBe("wrong");
    expect(["2001:0db8::1", "2001:db8:0:0:1:2:3:4", "::1", "fe80::1%eth0", "10.0.0.1"].map(networkOf)).toEqual([
      "2001:db8:0:0::/64",
      "2001:db8:0:0::/64",
      "0:0:0:0::/64",
      "fe80:0:0:0::/64",
      "10.0.0.1",
    ]);
  });

  it("is not there where there is no bound", async () => {
    const throttle = create(0);
    expect(await throttle.tryTimes(100, "wrong")).toEqual(Array(100).fill("wrong"));
  });

  it("does as a simple model says, whatever is tried when", async () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.nat(3000), fc.nat(2 * maxRefusalMs)),
      secret: fc.constantFrom("right", "wrong", "wrong", "wrong", "forged", "expired", null),
      peer: fc.constantFrom("10.0.0.1", "10.0.0.2"),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), async (attempts, steps) => {
        const throttle = create(attempts);
        const model = new Map<string, { wrong: number; sinceMs: number; refusals: number; untilMs: number }>();
        for (const { waitMs, secret, peer } of steps) {
          throttle.clock.advance(waitMs);
          const nowMs = throttle.clock.elapsed();
          let known = model.get(peer) ?? { wrong: 0, sinceMs: nowMs, refusals: 0, untilMs: 0 };
          const lengthMs = Math.min(firstRefusalMs * 2 ** (known.refusals - 1), maxRefusalMs);
          const overMs = known.refusals === 0 ? known.sinceMs + windowMs : known.untilMs + lengthMs + windowMs;
          if (nowMs >= overMs) known = { wrong: 0, sinceMs: nowMs, refusals: 0, untilMs: 0 };
          const refusedMs = secret === null ? 0 : Math.max(0, known.untilMs - nowMs);
          expect(await throttle.try(secret, peer, null)).toBe(refusedMs === 0 ? secret : refusedMs);
          if (refusedMs > 0 || (secret !== "wrong" && secret !== "forged")) continue;
          known.wrong++;
          if (known.wrong >= attempts) {
            known.refusals++;
            known.untilMs = nowMs + Math.min(firstRefusalMs * 2 ** (known.refusals - 1), maxRefusalMs);
          }
          model.set(peer, known);
        }
      }),
    );
  });
});
