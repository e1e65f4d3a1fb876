/** Sessions of a server that lets clients resume. */
import type { Admission } from "./answers.ts";
import { type SessionStage, startSession } from "./session.kit.ts";
import type { SessionOptions } from "./session.ts";

export const graceMs = 30_000;
export const fresh: Partial<Admission> = { session: { id: "s1", resumed: false, received: undefined, graceMs } };
export const other: Partial<Admission> = { session: { id: "s2", resumed: false, received: undefined, graceMs } };
export const resumed = (received: unknown): Partial<Admission> => ({
  session: { id: "s1", resumed: true, received, graceMs },
});

/** A session that the server would let go on. */
export function stand(changes?: Partial<SessionOptions>): SessionStage {
  const scene = startSession(changes);
  scene.link.admit(fresh);
  scene.platform.step(1000);
  return scene;
}

/** Breaks the connection and lets the next one be opened. */
export function reopen(scene: SessionStage): void {
  scene.link.break();
  scene.platform.step(1000);
}
