import { describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import type { StandardSchema } from "../contract/standard-schema.ts";
import { checkPayload } from "./schema-check.ts";

/** Text of digits that is read as a number. */
const digits: StandardSchema<string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "string" && /^\d+$/.test(value)
        ? { value: Number(value) }
        : { issues: [{ message: "expected digits" }] },
  },
};

const declared = defineApplication("api", { message: digits });
const undeclared = defineApplication("api");

describe("a payload", () => {
  it("is what the schema of its application makes of it", () => {
    expect(checkPayload(declared, "17")).toEqual({ ok: true, payload: 17 });
  });

  it("is refused where it does not fit, with the application and what is wrong", () => {
    for (const payload of ["seventeen", 17, null, undefined]) {
      const checked = checkPayload(declared, payload);
      expect(checked).toMatchObject({ ok: false, error: { code: "client/schema-mismatch", retry: "never" } });
      if (!checked.ok) expect(checked.error.message).toMatch(/api: .*expected digits/);
    }
  });

  it("is passed on as it is where nothing was declared", () => {
    const payload = { any: "thing" };
    for (const application of [null, undeclared]) {
      const checked = checkPayload(application, payload);
      expect(checked).toEqual({ ok: true, payload });
      expect(checked.ok && checked.payload).toBe(payload);
    }
  });
});
