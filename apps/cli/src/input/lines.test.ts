import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines } from "./lines.ts";

async function read(chunks: readonly (string | Buffer)[], maxLength?: number): Promise<readonly string[]> {
  const lines: string[] = [];
  const input = (async function* () {
    yield* chunks;
  })();
  for await (const line of readLines(input, maxLength)) lines.push(line);
  return lines;
}

describe("lines", () => {
  it("are the same however the bytes come", async () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "\u2028"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.nat(9)),
        async (lines, end, sizes) => {
          const bytes = Buffer.from(lines.map((each) => each + end).join(""));
          const chunks: Buffer[] = [];
          let from = 0;
          for (const size of sizes) {
            chunks.push(bytes.subarray(from, from + size));
            from += size;
          }
          expect(await read([...chunks, bytes.subarray(from)])).toEqual(lines);
        },
      ),
    );
  });

  it("need no end where they are the last", async () => {
    expect(await read(["a\nb"])).toEqual(["a", "b"]);
    expect(await read(["a\n"])).toEqual(["a"]);
    expect(await read([])).toEqual([]);
    expect(await read([Buffer.from("é").subarray(0, 1)])).toEqual(["\ufffd"]);
  });

  it("are not held without bound", async () => {
    await expect(read(["ab", "cd", "e"], 4)).rejects.toThrow("a line has more than 4 characters");
    expect(await read(["ab", "cd\n", "e"], 4)).toEqual(["abcd", "e"]);
  });
});
