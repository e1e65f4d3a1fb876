import { describe, expect, it } from "vitest";
import { judgeAdmission } from "./judge-admission.ts";

const admission = (restricted: boolean) => ({ restricted, caps: new Set<string>(), node: null, maxFrameBytes: 1000 });

describe("an admission", () => {
  it("is fine unrestricted, with a password or without", () => {
    expect(judgeAdmission(admission(false), "secret")).toBeNull();
    expect(judgeAdmission(admission(false), null)).toBeNull();
  });

  it("is fine restricted where no password was given", () => {
    expect(judgeAdmission(admission(true), null)).toBeNull();
  });

  it("is refused restricted where one was, for good", () => {
    const refusal = judgeAdmission(admission(true), "secret");
    expect(refusal).toMatchObject({ code: "client/wrong-password", retry: "never" });
    expect(refusal!.message).not.toContain("secret");
  });
});
