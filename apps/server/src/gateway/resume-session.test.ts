import { expect, it } from "vitest";
import { setupLifecycle } from "./lifecycle.kit.ts";
import { resumeSession } from "./resume-session.ts";

const grant = { restricted: false, permissions: null, expiresAtMs: null, subject: null };

it("ends the session of a restricted client that is away under the name of one who comes back", () => {
  const { registry, lifecycle, resumes, departed, greet, enterResumable } = setupLifecycle();
  const trusted = enterResumable("c");
  lifecycle.forget(trusted.session, 1006);
  const restricted = enterResumable("c", true);
  lifecycle.forget(restricted.session, 1006);
  resumeSession({ registry, lifecycle, resumes, readyBody: () => ({}) }, greet().session, trusted.resumable, 0, grant);
  expect([registry.find("app", "c"), departed]).toEqual([trusted.client, [restricted.client]]);
  expect(restricted.resumable.isOver).toBe(true);
});
