import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import type { Link } from "../session/link.ts";
import { cutOff, type ExchangeStage, type RecordedItem, stageExchange } from "./exchange.kit.ts";

const highWaterBytes = 1024 * 1024;
const refusal = new SingyeongError("route/no-match", "nobody");
const closed = new SingyeongError("client/closed", "closed");

describe("an exchange, whatever the course of events", () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("post"), awaits: awaits(), repeatable: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("answer", "refuse", "withdraw"), which: fc.nat(30) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("connect", "retire", "cut", "fill", "empty") }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("lose"), which: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("step"), ms: fc.nat(1500) }) },
  );

  it("settles each message once, writes none that was not posted, and leaves no timer behind", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), fc.constantFrom("reject", "drop-oldest"), (path, whenFull) => {
        const stage = stageExchange({ maxMessages: 4, maxAgeMs: 2000, whenFull: whenFull as "reject" });
        const items: RecordedItem[] = [];
        const retired: Link[] = [];
        for (const happening of path) befall(stage, items, retired, happening);
        stage.link = null;
        stage.exchange.close(closed);
        items.push(stage.post("late"));
        for (const item of items) expect(item.outcomes).toBe(1);
        expect(stage.platform.timers).toBe(0);
      }),
    );
  });
});

function awaits() {
  return fc.constantFrom("write" as const, "receipt" as const, "answer" as const);
}

interface Happening {
  readonly do: string;
  readonly awaits?: "write" | "receipt" | "answer";
  readonly repeatable?: boolean;
  readonly which?: number;
  readonly ms?: number;
}

function befall(stage: ExchangeStage, items: RecordedItem[], retired: Link[], happening: Happening): void {
  const item = items[happening.which ?? -1];
  switch (happening.do) {
    case "post": {
      const { awaits = "write", repeatable = false } = happening;
      const nonce = awaits === "write" ? null : `${items.length}`;
      items.push(stage.post(`${items.length}`, { awaits, repeatable: repeatable && awaits === "answer", nonce }));
      break;
    }
    case "answer":
      if (item?.nonce) stage.exchange[item.awaits === "answer" ? "answer" : "receipt"](item.nonce, {});
      break;
    case "refuse":
      if (item?.nonce) stage.exchange.refuse(item.nonce, refusal);
      break;
    case "withdraw":
      if (item?.outcomes === 0) stage.exchange.withdraw(item, closed);
      break;
    case "connect":
      if (stage.link === null) stage.connect();
      break;
    case "cut":
      if (stage.link !== null) stage.cut();
      break;
    case "retire":
      if (stage.link === null) break;
      retired.push(stage.link);
      stage.connect();
      break;
    case "lose": {
      const [link] = retired.splice(happening.which!, 1);
      if (link !== undefined) stage.exchange.lost(link, cutOff);
      break;
    }
    case "fill":
    case "empty":
      if (stage.link !== null) stage.link.bufferedBytes = happening.do === "fill" ? highWaterBytes : 0;
      break;
    case "step":
      stage.platform.step(happening.ms!);
  }
}
