import { describe, expect, it } from "vitest";
import { aborted } from "./quiet.ts";

describe("what a call rejects with when its signal is aborted", () => {
  it("is that its time is up where the signal is a time limit", () => {
    const reason = new DOMException("late", "TimeoutError");
    expect(aborted(AbortSignal.abort(reason))).toMatchObject({ code: "client/timeout", retry: "later", cause: reason });
  });

  it.each([null, "TimeoutError", 17, {}, new Error("enough")])("is that it was aborted by %s", (reason) => {
    const { signal } = new AbortController();
    const error = aborted(Object.defineProperty(signal, "reason", { value: reason }));
    expect(error).toMatchObject({ code: "client/aborted", retry: "never", cause: reason });
  });
});
