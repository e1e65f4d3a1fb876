import type { Random } from "../ports/random.ts";

/** Numbers of traces and spans. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  trace(): string;
  /** 16 hexadecimal digits. */
  span(): string;
}

export function createTraceIds(random: Random): TraceIds {
  /** All zeros stand for no number. */
  function draw(size: number): string {
    const hex = Buffer.from(random.bytes(size)).toString("hex");
    return /[^0]/.test(hex) ? hex : draw(size);
  }

  return { trace: () => draw(16), span: () => draw(8) };
}
