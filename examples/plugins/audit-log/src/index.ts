import { definePlugin, type PluginClient } from "@singyeong/plugin";
import { type Entry, openJournal } from "./journal.ts";
import { readSettings } from "./settings.ts";

/** What other plugins may call: `context.exportsOf<AuditLog>("audit-log")`. */
export interface AuditLog {
  /** Writes something else down. */
  record(what: string, detail?: object): void;
}

/** How often lines are written to the file. */
const flushEveryMs = 200;

/** Writes down who came, went, and sent what, as lines of JSON in a file. */
export default definePlugin({
  name: "audit-log",
  version: "1.0.0",
  // It sees what clients sent, before other plugins make something else of it.
  order: -100,

  settings: readSettings,

  async load({ settings, timers, logger, clock, metrics }) {
    const journal = await openJournal(settings.file);
    const dropped = metrics.counter("dropped", "Lines that were dropped because the disk did not keep up.");
    const add = (what: string, client: PluginClient | null, detail: object = {}): void => {
      const who = client === null ? {} : { app: client.application, id: client.id, ip: client.ip };
      const entry: Entry = { at: new Date(clock.now()).toISOString(), what, ...who, ...detail };
      if (!journal.add(entry)) dropped.add();
    };
    timers.every(flushEveryMs, () =>
      journal.flush().catch((error: unknown) => logger.error("lines could not be written", { err: error })),
    );
    const exports: AuditLog = { record: (what, detail) => add(what, null, detail) };
    return { state: { add, last: journal.last }, exports, stop: journal.close };
  },

  onConnect: (client, { state }) => state.add("connected", client, { restricted: client.restricted }),
  onDisconnect: (client, { state }) => state.add("disconnected", client),
  onMetadata: (client, { state }) => state.add("changed", client, { metadata: client.metadata }),

  directions: ["in"],
  onDispatch({ event, d, client }, { state, settings }) {
    if (settings.events !== null && !settings.events.has(event)) return;
    state.add("sent", client, settings.payloads ? { event, d } : { event });
  },

  routes: [
    {
      method: "GET",
      path: "/audit-log",
      handle: (_request, _call, { state }) => Response.json(state.last()),
    },
  ],
});
