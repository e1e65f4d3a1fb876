import { describe, expect, it } from "vitest";
import { createProgress, formatBar } from "./progress.ts";

function createSink(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    isTTY,
    columns: 20,
    write: (text: string | Uint8Array) => written.push(String(text)) > 0,
    once() {},
  };
}

describe("progress", () => {
  it("is shown on a terminal, ten times a second at most, and goes when it is done", () => {
    const sink = createSink(true);
    let now = 0;
    const progress = createProgress(sink, true, () => now);
    progress.show(() => "1 sent");
    progress.show(() => "2 sent");
    now = 100;
    progress.show(() => "3 sent, which is more than fits");
    progress.clear();
    progress.clear();
    expect(sink.written).toEqual(["\r\u001b[K1 sent", "\r\u001b[K3 sent, which is mo", "\r\u001b[K"]);
  });

  it("is not shown elsewhere, nor where it is not wanted", () => {
    for (const [sink, enabled] of [
      [createSink(false), true],
      [createSink(true), false],
    ] as const) {
      const progress = createProgress(sink, enabled);
      progress.show(() => "1 sent");
      progress.clear();
      expect(sink.written).toEqual([]);
    }
  });
});

it("draws a bar", () => expect(formatBar(0.5, 6)).toBe("━━━───"));
