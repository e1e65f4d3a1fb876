/** A copy of a text that is to be kept: a slice would keep the whole frame that it was cut from alive. */
export function ownText(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
