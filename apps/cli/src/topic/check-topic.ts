import { maxTopicBytes, maxTopicSegments } from "@singyeong/protocol";
import { misuse } from "../failure.ts";

/** Refuses what the server would take for no topic, or for no pattern. @throws Failure `cli/misuse` */
export function checkTopic(text: string, what: "topic" | "pattern"): void {
  const segments = text.split(".");
  if (text.includes(" ") || segments.includes("") || segments.length > maxTopicSegments)
    throw misuse(
      `"${text}" is no ${what}`,
      `It is 1 to ${maxTopicSegments} segments separated by dots, without spaces: orders.eu.paid`,
    );
  if (Buffer.byteLength(text) > maxTopicBytes) throw misuse(`a ${what} has at most ${maxTopicBytes} bytes`);
  if (what === "topic" && segments.some((segment) => segment === "*" || segment === ">"))
    throw misuse(
      `"${text}" is a pattern, and no topic`,
      "A message is published to one topic, as orders.eu.paid; sg sub is what takes patterns.",
    );
  const before = segments.slice(0, -1);
  if (!before.includes(">")) return;
  const meant = [...before.map((segment) => (segment === ">" ? "*" : segment)), segments.at(-1)].join(".");
  throw misuse(
    `"${text}" is no pattern: > stands in the last place alone`,
    `* stands for one segment anywhere: ${meant}`,
  );
}
