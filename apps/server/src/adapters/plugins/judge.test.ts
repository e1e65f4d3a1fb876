import type { AuthOutcome, Plugin } from "@singyeong/plugin";
import { describe, expect, it } from "vitest";
import type { Credentials } from "../../ports/authenticator.ts";
import { createTestHost, forever, type TestHost } from "./plugins.kit.ts";

const credentials: Credentials = {
  secret: "s3cret",
  peer: "192.0.2.1",
  over: "socket",
  client: { application: "app", id: "a" },
};
const full = { restricted: false, permissions: null, expiresAtMs: null, subject: null };
const unavailable = { ok: false, code: "auth/failed", reasons: ["authentication is not available"] };

/** Plugins that say these things, in turn. */
function judges(...said: (AuthOutcome | (() => unknown))[]): TestHost {
  return createTestHost(
    said.map((outcome, i) => ({
      name: `p${i}`,
      auth: (typeof outcome === "function" ? outcome : () => outcome) as NonNullable<Plugin["auth"]>,
    })),
  );
}
const judge = (...said: (AuthOutcome | (() => unknown))[]): unknown => judges(...said).hooks.judge!(credentials);

describe("authentication by plugins", () => {
  it("is not there where no plugin has it", () => {
    expect(createTestHost([{ name: "a" }]).hooks.judge).toBeNull();
  });

  it("lets in, at once where the plugin says so at once", async () => {
    expect(judge("ok")).toEqual({ ok: true, grant: full, isWrong: false });
    expect(await judge(async () => "ok")).toEqual({ ok: true, grant: full, isWrong: false });
  });

  it("shows the plugin what was shown to the server", () => {
    let seen: unknown;
    const { hooks } = createTestHost([
      {
        name: "a",
        auth({ secret, peer, over, client }) {
          seen = { secret, peer, over, client };
          return null;
        },
      },
    ]);
    hooks.judge!(credentials);
    expect(seen).toEqual(credentials);
  });

  it("leaves to others what no plugin judges", async () => {
    expect(judge(null, null)).toBeNull();
    expect(await judge(null, async () => null)).toBeNull();
  });

  it("takes a secret for a guess where it lets in restricted, unless the plugin knows better", () => {
    const restricted = { ...full, restricted: true };
    expect(judge("restricted")).toEqual({ ok: true, grant: restricted, isWrong: true });
    expect(judge({ ok: true, restricted: true })).toEqual({ ok: true, grant: restricted, isWrong: false });
    const nothing = judges("restricted").hooks.judge!({ ...credentials, secret: null });
    expect(nothing).toEqual({ ok: true, grant: restricted, isWrong: false });
    expect(judge({ ok: false, reason: "no" })).toMatchObject({ isWrong: true });
    expect(judge({ ok: false, reason: "no", isGuess: false })).toMatchObject({ isWrong: false });
  });

  it("has a grant with permissions, an end and a subject", () => {
    const permissions = { namespace: "t1", send: ["a.*"] };
    expect(judge({ ok: true, permissions, expiresAtMs: 1e12, subject: "me" })).toEqual({
      ok: true,
      grant: { restricted: false, permissions, expiresAtMs: 1e12, subject: "me" },
      isWrong: false,
    });
  });

  it("of several has any refusal win, then restricted, then ok", async () => {
    const refusal: AuthOutcome = { ok: false, reason: "banned" };
    const refused = { ok: false, code: "auth/failed", reasons: ["banned"] };
    expect(judge("ok", "restricted", refusal)).toMatchObject(refused);
    expect(judge(refusal, "ok")).toMatchObject(refused);
    expect(judge("restricted", "ok")).toMatchObject({ grant: { restricted: true } });
    expect(await judge("ok", async () => "restricted", "ok")).toMatchObject({ grant: { restricted: true } });
    expect(judge("ok", null, "ok")).toEqual({ ok: true, grant: full, isWrong: false });
  });

  it("of several grants keeps the narrower of everything", () => {
    const one: AuthOutcome = { ok: true, expiresAtMs: 20, permissions: { send: [] } };
    const other: AuthOutcome = { ok: true, expiresAtMs: 10, subject: "me" };
    const grant = { restricted: false, permissions: { send: [] }, expiresAtMs: 10, subject: "me" };
    for (const verdict of [judge(one, other), judge(other, one), judge("ok", one, other)]) {
      expect(verdict).toMatchObject({ ok: true, grant });
    }
    expect(judge(one, one)).toEqual(unavailable);
  });

  it("never lets in what it cannot judge: what throws, hangs, is out of traffic or says nonsense", async () => {
    const failing: unknown[] = [
      judge(() => {
        throw new Error("secret");
      }),
      judge("ok", async () => Promise.reject(new Error("secret"))),
    ];
    for (const verdict of failing) expect(await verdict).toEqual(unavailable);

    const hanging = judges("ok", forever);
    for (let i = 0; i < 6; i++) {
      expect(await hanging.after(100, hanging.hooks.judge!(credentials))).toEqual(unavailable);
    }
    expect(hanging.failures.at(-1)).toBe("p1 auth isolated");

    const nonsense: unknown[] = [
      undefined,
      true,
      "yes",
      {},
      { ok: "yes" },
      { ok: false },
      { ok: true, restricted: "no" },
      { ok: true, restricted: null },
      { ok: true, permissions: { send: "everything" } },
      { ok: true, permissions: { sends: [] } },
      { ok: true, permissions: null },
      { ok: true, expiresAtMs: "tomorrow" },
      { ok: true, expiresAtMs: Number.NaN },
      { ok: true, subject: 7 },
    ];
    for (const said of nonsense)
      expect(
        judge("ok", () => said),
        JSON.stringify(said),
      ).toEqual(unavailable);
  });
});
