import stringWidth from "string-width";

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins every colour.
const colour = /(\u001b\[[\d;]*m)/;
const printable = /^[\u0020-\u007e]*$/;
const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that text takes in a terminal; colours take none, emoji and CJK two. */
export function measure(text: string): number {
  return printable.test(text) ? text.length : stringWidth(text);
}

/** Text of at most `columns` columns, ending in `…` where some is left out. Colours stay, and end with it. */
export function cut(text: string, columns: number): string {
  if (measure(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let used = 0;
  let isColoured = false;
  for (const part of text.split(colour)) {
    if (part.startsWith("\u001b")) {
      kept += part;
      isColoured = true;
      continue;
    }
    for (const { segment } of segments.segment(part)) {
      const width = measure(segment);
      if (used + width > columns - 1) return `${kept}…${isColoured ? "\u001b[0m" : ""}`;
      kept += segment;
      used += width;
    }
  }
  return kept;
}

/** Fills up to `columns` with spaces on the right, or on the left. */
export function pad(text: string, columns: number, side: "left" | "right" = "right"): string {
  const gap = " ".repeat(Math.max(0, columns - measure(text)));
  return side === "right" ? text + gap : gap + text;
}
