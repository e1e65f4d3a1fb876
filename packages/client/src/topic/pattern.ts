/** Whether a pattern takes in a topic, which is given by its segments ([TO-1]). */
export type Pattern = (segments: readonly string[]) => boolean;

export const segmentsOf = (topic: string): readonly string[] => topic.split(".");

/** Reads a pattern: `*` stands for any segment, and `>` at its end for one or more. */
export function compilePattern(text: string): Pattern {
  const parts = text.split(".");
  const open = parts.at(-1) === ">";
  const fixed = open ? parts.slice(0, -1) : parts;
  return (segments) =>
    (open ? segments.length > fixed.length : segments.length === fixed.length) &&
    fixed.every((part, at) => part === "*" || part === segments[at]);
}
