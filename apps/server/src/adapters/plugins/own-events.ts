import type { OwnCall, OwnHandler } from "@singyeong/plugin";
import type { Value } from "@singyeong/protocol";
import type { HookClient, OwnOutcome } from "../../ports/hooks.ts";
import type { EventCall } from "./event-call.ts";
import type { Part, Soon } from "./part.ts";
import { beginPassage, passThrough, type Way } from "./passage.ts";
import { findFault } from "./plain-value.ts";

type Next = OwnOutcome & { readonly kind: "next" };

/** Replies to one event; more are a mistake. */
const maxReplies = 10_000;

/** The events that plugins own, and how they carry them out. */
export interface OwnEvents {
  readonly events: ReadonlySet<string>;
  own(client: HookClient, event: string, d: Value): Soon<OwnOutcome>;
}

export function createOwnEvents(parts: readonly Part[], maxDepth: number): OwnEvents {
  const ways = new Map<string, Way<Next>>();
  for (const part of parts) {
    for (const event of eventsOf(part)) {
      ways.set(event, createWay([...(ways.get(event)?.parts ?? []), part], maxDepth));
    }
  }
  return {
    events: new Set(ways.keys()),
    own(client, event, d) {
      const way = ways.get(event);
      if (way === undefined) throw new Error(`${event} is no event of a plugin`);
      return passThrough(way, beginPassage(event, "own", client, d));
    },
  };
}

function eventsOf({ plugin: { events = [] } }: Part): readonly string[] {
  return Array.isArray(events) ? events : Object.keys(events);
}

function callOwn({ plugin, context }: Part, call: EventCall): unknown {
  const { events } = plugin;
  if (Array.isArray(events)) return plugin.onEvent!(call as OwnCall, context);
  return (events as Readonly<Record<string, OwnHandler>>)[call.event]!(call as OwnCall, context);
}

function createWay(parts: readonly Part[], maxDepth: number): Way<Next> {
  return {
    parts,
    hook: "onEvent",
    skipsOut: false,
    call: callOwn,
    take({ frames }, given) {
      const replies = Array.isArray(given) ? given : [given];
      if (frames.length + replies.length > maxReplies) return `more than ${maxReplies} replies`;
      for (const reply of replies) {
        const { event, d } = reply as { event?: unknown; d?: unknown };
        if (typeof event !== "string" || event === "") return "a reply is {event, d}";
        const fault = findFault(d, maxDepth);
        if (fault !== null) return `the reply ${event}: ${fault}`;
        frames.push({ t: event, d: d as Value });
      }
      return null;
    },
    finish: ({ frames }) => ({ kind: "next", frames }),
  };
}
