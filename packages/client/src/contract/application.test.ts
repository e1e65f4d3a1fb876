import { Type } from "typebox";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { defineApplication } from "./application.ts";
import type { StandardResult, StandardSchema } from "./standard-schema.ts";

function standard<I, O = I>(validate: (value: unknown) => StandardResult<O> | Promise<StandardResult<O>>) {
  return { "~standard": { version: 1, vendor: "test", validate } } as StandardSchema<I, O>;
}

describe("an application that was declared", () => {
  it("has an id, and checks nothing without a schema", () => {
    expect(defineApplication("gateway")).toMatchObject({ id: "gateway" });
    expect(defineApplication("gateway").validateMessage).toBeUndefined();
    expect(() => defineApplication("")).toThrow(SingyeongError);
  });

  it("checks nothing by a TypeBox schema alone", () => {
    expect(defineApplication("gateway", { message: Type.String() }).validateMessage).toBeUndefined();
  });

  it("checks messages by TypeBox where it is given the means", () => {
    const gateway = defineApplication("gateway", { message: Type.Object({ user: Type.String() }), check: Check });
    const good = { user: "17" };
    expect(gateway.validateMessage?.(good)).toEqual({ ok: true, value: good });
    expect(gateway.validateMessage?.({ user: 17 })).toEqual({ ok: false, problem: "it does not fit its schema" });
  });

  it("checks messages by a Standard Schema, and reads what that makes of them", () => {
    const message = standard<string, Date>((value) =>
      typeof value === "string" ? { value: new Date(value) } : { issues: [{ message: "expected text" }] },
    );
    const { validateMessage } = defineApplication("clock", { message });
    expect(validateMessage?.("1970-01-01")).toEqual({ ok: true, value: new Date(0) });
    expect(validateMessage?.(5)).toEqual({ ok: false, problem: "expected text" });
  });

  it("checks what is queued by the schema of its queue, as it checks messages", () => {
    const dates = standard<string, Date>((value) =>
      typeof value === "string" ? { value: new Date(value) } : { issues: [{ message: "expected text" }] },
    );
    const { validateQueued } = defineApplication("clock", { queues: { dates, plain: Type.String() } });
    expect(validateQueued?.dates?.("1970-01-01")).toEqual({ ok: true, value: new Date(0) });
    expect(validateQueued?.dates?.(5)).toEqual({ ok: false, problem: "expected text" });
    expect(validateQueued?.plain).toBeUndefined();
    const checked = defineApplication("clock", { queues: { plain: Type.String() }, check: Check });
    expect(checked.validateQueued?.plain?.(5)).toEqual({ ok: false, problem: "it does not fit its schema" });
    expect(defineApplication("clock").validateQueued).toBeUndefined();
  });

  it("says where messages are wrong, up to four times", () => {
    const issues = [
      { message: "whole" },
      { message: "key", path: ["a", 0] },
      { message: "step", path: [{ key: "b" }] },
      ...Array(5).fill({ message: "again" }),
    ];
    const { validateMessage } = defineApplication("picky", { message: standard(() => ({ issues })) });
    const problem = "whole; /a/0: key; /b: step; again; and 4 more";
    expect(validateMessage?.(1)).toEqual({ ok: false, problem });
  });

  it("takes a schema that throws, or would have messages wait, for one that messages do not fit", () => {
    const throws = standard(() => {
      throw new Error("not today");
    });
    const waits = standard(() => Promise.reject(new Error("not today either")));
    expect(defineApplication("a", { message: throws }).validateMessage?.(1)).toEqual({
      ok: false,
      problem: "the schema threw: not today",
    });
    expect(defineApplication("a", { message: waits }).validateMessage?.(1)).toEqual({
      ok: false,
      problem: "the schema is asynchronous, which messages are not checked by",
    });
  });
});
