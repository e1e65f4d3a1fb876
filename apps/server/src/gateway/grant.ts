import { createRights, type Rights } from "../access/rights.ts";
import type { Grant } from "../ports/authenticator.ts";

/** What a grant permits; `null` is everything. */
export function rightsOf({ permissions }: Grant): Rights | null {
  return permissions === null ? null : createRights(permissions);
}

/** How long a grant is good for, in milliseconds; `null` is for good. */
export function msLeft({ expiresAtMs }: Grant, nowMs: number): number | null {
  return expiresAtMs === null ? null : Math.max(0, Math.ceil(expiresAtMs - nowMs));
}
