import { expect, it } from "vitest";
import { checkTopic } from "./check-topic.ts";

const many = (segments: number) => Array.from({ length: segments }, () => "x").join(".");

it.each(["a", "orders.eu.paid", "orders.*.>", "ü.日本", many(32), "x".repeat(256)])('takes "%s"', (text) =>
  expect(() => checkTopic(text, "pattern")).not.toThrow(),
);

it.each(["", ".", "a..b", "a.", "a b", many(33), "é".repeat(129)])('refuses "%s"', (text) =>
  expect(() => checkTopic(text, "topic")).toThrow(/"?.*"? is no topic|a topic has at most 256 bytes/),
);
