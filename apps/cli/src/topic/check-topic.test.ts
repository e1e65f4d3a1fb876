import { expect, it } from "vitest";
import { checkTopic } from "./check-topic.ts";

const many = (segments: number) => Array.from({ length: segments }, () => "x").join(".");

it.each(["a", "orders.eu.paid", "orders.*.>", ">", "*", "ü.日本", many(32), "x".repeat(256)])('takes "%s"', (text) =>
  expect(() => checkTopic(text, "pattern")).not.toThrow(),
);

it.each(["orders.*", ">", "*", "a.>.b"])('takes "%s" for no topic', (text) =>
  expect(() => checkTopic(text, "topic")).toThrow(`"${text}" is a pattern, and no topic`),
);

it.each(["a*", "a.b>", "**"])('takes the characters of "%s" for themselves', (text) =>
  expect(() => checkTopic(text, "topic")).not.toThrow(),
);

it.each([
  ["a.>.b", "a.*.b"],
  [">.>", "*.>"],
])('tells what to write in the place of "%s"', (text, meant) =>
  expect(() => checkTopic(text, "pattern")).toThrow(
    expect.objectContaining({
      message: `"${text}" is no pattern: > stands in the last place alone`,
      advice: `* stands for one segment anywhere: ${meant}`,
    }),
  ),
);

it.each(["", ".", "a..b", "a.", "a b", many(33), "é".repeat(129)])('refuses "%s"', (text) =>
  expect(() => checkTopic(text, "topic")).toThrow(/"?.*"? is no topic|a topic has at most 256 bytes/),
);
