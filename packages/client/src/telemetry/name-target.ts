import { resolveTarget } from "../query/resolve-target.ts";

/** Who a target is for, as the name of a destination: an application, tags, or everyone. */
export function nameTarget(target: unknown): string {
  const { application } = resolveTarget(target as never);
  if (application === undefined) return "*";
  return typeof application === "string" ? application : application.map((tag) => `#${tag}`).join(",");
}
