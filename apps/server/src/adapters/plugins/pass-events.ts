import type { PassCall } from "@singyeong/plugin";
import type { Value } from "@singyeong/protocol";
import type { HookClient, PassOutcome } from "../../ports/hooks.ts";
import type { Part, Soon } from "./part.ts";
import { beginPassage, passThrough, type Way } from "./passage.ts";
import { findFault } from "./plain-value.ts";

type Next = PassOutcome & { readonly kind: "next" };

/** How plugins look at the dispatches of one direction. */
export function createPassEvents(
  direction: "in" | "out",
  parts: readonly Part[],
  maxDepth: number,
): (client: HookClient, event: string, d: Value) => Soon<PassOutcome> {
  const way: Way<Next> = {
    parts,
    hook: "onDispatch",
    skipsOut: true,
    call: ({ plugin, context }, call) => plugin.onDispatch!(call as PassCall, context),
    take(passage, given) {
      const fault = findFault(given, maxDepth);
      if (fault !== null) return fault;
      passage.d = given as Value;
      passage.isChanged = true;
      return null;
    },
    // The very value that came says that nobody changed it; a plugin that gave it on did so to have it changed.
    finish: ({ before, d, isChanged }) => ({ kind: "next", d: isChanged ? (d === before ? copy(d) : d) : before }),
  };
  return (client, event, d) => passThrough(way, beginPassage(event, direction, client, d));
}

/** Another one of the same. */
function copy(value: Value): Value {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Array.isArray(value) ? [...value] : { ...(value as { readonly [key: string]: Value }) };
}
