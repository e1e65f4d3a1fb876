import { styleText } from "node:util";
import type { Sink, System } from "../system.ts";

/** What text means; how it looks follows from that. */
const looks = {
  heading: "bold",
  faint: "dim",
  good: "green",
  bad: "red",
  unsure: "yellow",
  name: "cyan",
} as const;

export type Meaning = keyof typeof looks;

/** Colours text where its sink takes colour, else leaves it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** Colour goes to terminals alone, and never where NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function createPaint(sink: Sink, env: System["env"]): Paint {
  const colourful = sink.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  if (!colourful) return (_meaning, text) => text;
  return (meaning, text) => (text === "" ? "" : styleText(looks[meaning], text, { validateStream: false }));
}
