import { describe, expect, it } from "vitest";
import { readIntroduction } from "./introduction.ts";

describe("identify", () => {
  it("needs two ids and fills in the rest", () => {
    const read = readIntroduction({ client_id: "c", application_id: "a" });
    expect(read).toEqual({
      ok: true,
      introduction: {
        clientId: "c",
        applicationId: "a",
        password: null,
        ip: null,
        namespace: null,
        metadata: new Map(),
        receiveClientUpdates: false,
        tags: [],
        caps: [],
        resume: null,
      },
    });
  });

  it("reads which session to take over, of clients that name the extension alone", () => {
    const resume = { session: "token", seq: 7 };
    const read = (more: object) => readIntroduction({ client_id: "c", application_id: "a", ...more });
    expect(read({ caps: ["resume"], resume })).toMatchObject({ ok: true, introduction: { resume } });
    expect(read({ caps: ["resume"], resume: null })).toMatchObject({ ok: true, introduction: { resume: null } });
    for (const odd of [
      1,
      "token",
      {},
      { session: "", seq: 1 },
      { session: "token", seq: -1 },
      { session: "x", seq: 0.5 },
    ]) {
      const faults = { resume: "resume: expected a session's text and the number of the last frame" };
      expect(read({ caps: ["resume"], resume: odd })).toEqual({ ok: false, code: "identify/invalid", faults });
      expect(read({ caps: ["receipt"], resume: odd })).toMatchObject({ ok: true, introduction: { resume: null } });
    }
  });

  it("takes null for absent, an empty password for none, and each tag once", () => {
    const read = readIntroduction({
      client_id: "c",
      application_id: "a",
      auth: "",
      ip: null,
      namespace: null,
      metadata: null,
      receive_client_updates: null,
      tags: ["x", "x", "y"],
      caps: null,
    });
    expect(read).toMatchObject({ ok: true, introduction: { password: null, tags: ["x", "y"], caps: [] } });
  });

  it.each([
    [{ client_id: "c" }, { application_id: "application_id: missing" }],
    [{}, { client_id: "client_id: missing", application_id: "application_id: missing" }],
    [{ client_id: "a b", application_id: "a" }, { client_id: "client_id: must not contain spaces" }],
    [{ client_id: "", application_id: "a" }, { client_id: expect.stringContaining("client_id: ") }],
    [{ client_id: "é".repeat(129), application_id: "a" }, { client_id: "client_id: longer than 256 bytes" }],
    [{ client_id: 1, application_id: "a" }, { client_id: expect.stringContaining("string") }],
    [{ client_id: "c", application_id: "a", tags: Array(65).fill(1) }, { tags: "tags: more than 64" }],
    [{ client_id: "c", application_id: "a", caps: Array(65).fill("x") }, { caps: "caps: more than 64" }],
    [{ client_id: "c", application_id: "a", tags: ["x".repeat(257)] }, { tags: expect.stringContaining("tags: ") }],
    [{ client_id: "c", application_id: "a", tags: [1] }, { tags: expect.stringContaining("tags: ") }],
    [
      { client_id: "c", application_id: "a", receive_client_updates: "yes" },
      { receive_client_updates: expect.anything() },
    ],
  ])("names every bad field of %j", (value, faults) => {
    expect(readIntroduction(value)).toEqual({ ok: false, code: "identify/invalid", faults });
  });

  it.each([[null], ["x"], [[]], [7]])("is a map, not %j", (value) => {
    expect(readIntroduction(value)).toEqual({ ok: false, code: "identify/invalid", faults: { d: "d is a map" } });
  });

  it("reports bad metadata key by key", () => {
    const read = readIntroduction({ client_id: "c", application_id: "a", metadata: { x: { type: "nope", value: 1 } } });
    expect(read).toEqual({ ok: false, code: "identify/metadata", faults: { x: "x: type 'nope' doesn't exists" } });
  });
});
