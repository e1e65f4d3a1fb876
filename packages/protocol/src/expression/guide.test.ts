/** Holds docs/guides/expressions.md to what it says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jsonCodec } from "../codec/json/index.ts";
import { formatApplication, parseApplication } from "./application.ts";
import { formatExpression } from "./format-expression.ts";
import { formatExpressionError } from "./format-fault.ts";
import type { Op } from "./op.ts";
import { parseExpression } from "./parse-expression.ts";

const page = readFileSync(new URL("../../../../docs/guides/expressions.md", import.meta.url), "utf8");

function section(title: string): string {
  const start = page.indexOf(`## ${title}\n`);
  expect(start).toBeGreaterThan(0);
  const end = page.indexOf("\n## ", start);
  return page.slice(start, end < 0 ? undefined : end);
}

/** The rows of the one table in a section, without its head; code without its backticks. */
function tableOf(title: string): string[][] {
  const lines = section(title)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const rows = lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) =>
        cell
          .trim()
          .replaceAll("\\|", "|")
          .replace(/^`(.*)`$/, "$1"),
      ),
  );
  expect(rows.length).toBeGreaterThan(5);
  return rows;
}

function opsOf(text: string): readonly Op[] | string {
  const result = parseExpression(text);
  return result.ok ? result.ops : result.message;
}

describe.each(["Conditions", "Logic"])("the table under %s", (title) => {
  it.each(tableOf(title))("%s", (text, ops) => {
    const expected = jsonCodec.decode(ops!) as unknown;
    expect(opsOf(text!)).toEqual(expected);
    expect(opsOf(formatExpression(expected as Op[]))).toEqual(expected);
  });
});

describe("the table under Values", () => {
  it.each(tableOf("Values"))("%s", (text, value) => {
    expect(opsOf(`x = ${text}`)).toEqual([{ path: "/x", op: "$eq", to: { value: jsonCodec.decode(value!) } }]);
  });
});

describe("the table under Mistakes", () => {
  it.each(tableOf("Mistakes"))("%s", (text, at, message) => {
    expect(parseExpression(text!)).toEqual({ ok: false, at: Number(at), message });
  });
});

it("shows a mistake as it is shown", () => {
  const shown = /```text\n(.*)\n```/s.exec(section("Mistakes"))![1]!;
  const text = shown.split("\n")[1]!.trim();
  expect(formatExpressionError(text, parseExpression(text) as never)).toBe(shown);
});

describe("the table under Applications", () => {
  it.each(tableOf("Applications"))("%s", (text, value) => {
    const application = value === "everyone" ? undefined : JSON.parse(value!);
    expect(parseApplication(text!)).toEqual(application);
    expect(formatApplication(application)).toBe(text);
  });
});

describe("what it says beside its tables", () => {
  it.each(['"2.1"', "007", "+5", ".5", "5.", "9223372036854775808"])("%s", (value) => {
    expect(parseExpression(`x = ${value}`).ok).toBe(value === '"2.1"');
  });

  it.each(['"not" = 1', "/not = 1", "지역=서울", "!exists tier || tier!=gold", "a IN [b] AND NOT (c=1)"])(
    "%s",
    (text) => {
      expect(parseExpression(text).ok).toBe(true);
    },
  );
});
