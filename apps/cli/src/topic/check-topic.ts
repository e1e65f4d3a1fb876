import { maxTopicBytes, maxTopicSegments } from "@singyeong/protocol";
import { misuse } from "../failure.ts";

/** Refuses what is neither a topic nor a pattern. @throws Failure `cli/misuse` */
export function checkTopic(text: string, what: "topic" | "pattern"): void {
  const segments = text.split(".");
  if (text.includes(" ") || segments.includes("") || segments.length > maxTopicSegments)
    throw misuse(
      `"${text}" is no ${what}`,
      `It is 1 to ${maxTopicSegments} segments separated by dots, without spaces: orders.eu.paid`,
    );
  if (Buffer.byteLength(text) > maxTopicBytes) throw misuse(`a ${what} has at most ${maxTopicBytes} bytes`);
}
