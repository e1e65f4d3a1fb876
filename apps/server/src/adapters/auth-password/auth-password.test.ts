import { describe, expect, it } from "vitest";
import { createPasswordAuthenticator } from "./auth-password.ts";

describe("with a password set", () => {
  const { identify, authorize } = createPasswordAuthenticator("s3cret");
  it("trusts who knows it and restricts everyone else", () => {
    expect([identify("s3cret"), identify("wrong"), identify("s3cret "), identify(null)]).toEqual([
      "full",
      "restricted",
      "restricted",
      "restricted",
    ]);
  });
  it("lets callers over HTTP in only with it", () => {
    expect([authorize("s3cret"), authorize("nope"), authorize(null)]).toEqual([true, false, false]);
  });
});

describe("with none set", () => {
  const { identify, authorize } = createPasswordAuthenticator(null);
  it("trusts clients, but restricts one that sends a password", () => {
    expect([identify(null), identify("anything")]).toEqual(["full", "restricted"]);
  });
  it("lets every caller over HTTP in", () => {
    expect([authorize(null), authorize("anything")]).toEqual([true, true]);
  });
});
