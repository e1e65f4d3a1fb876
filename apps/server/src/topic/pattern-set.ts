import type { Topic } from "../queue/machine/lane.ts";
import { isMatch, type Pattern } from "./pattern.ts";

/** The few patterns of one subscription. */
export interface PatternSet {
  add(pattern: Pattern): void;
  remove(pattern: Pattern): void;
  covers(topic: Topic): boolean;
}

export function createPatternSet(): PatternSet {
  const plain = new Set<string>();
  let wild: Pattern[] = [];
  const isWild = ({ segments, isOpen }: Pattern): boolean => isOpen || segments.includes("*");

  return {
    add(pattern) {
      if (isWild(pattern)) wild.push(pattern);
      else plain.add(pattern.text);
    },
    remove({ text }) {
      plain.delete(text);
      wild = wild.filter((pattern) => pattern.text !== text);
    },
    covers: ({ text, segments }) => plain.has(text) || wild.some((pattern) => isMatch(pattern, segments)),
  };
}
