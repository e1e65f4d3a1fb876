import { definePlugin, fail, next } from "@singyeong/plugin";

/** Keeps a number for everybody, and lets clients raise it. */
export default definePlugin({
  name: "my-plugin",
  version: "0.1.0",

  /** Reads `pluginSettings["my-plugin"]` of the server. */
  settings(given) {
    const { step = 1 } = (given ?? {}) as { step?: number };
    if (!Number.isInteger(step)) throw new TypeError("step: a whole number");
    return { step };
  },

  load: (context) => ({ state: { total: 0, raised: context.metrics.counter("raised", "Times it was raised.") } }),

  events: {
    /** Clients send `{"op": 4, "t": "RAISE", "d": {"times": 2}}` and are answered with RAISED. */
    RAISE({ d }, { state, settings }) {
      const { times = 1 } = (d ?? {}) as { times?: unknown };
      if (typeof times !== "number" || !Number.isInteger(times)) return fail("times: a whole number");
      const before = state.total;
      state.total += times * settings.step;
      state.raised.add();
      return next({ event: "RAISED", d: { total: state.total } }, before);
    },
  },

  /** Another plugin that has RAISE as well failed: as if nothing had happened. */
  undo({ state: before }, { state }) {
    state.total = before as number;
  },

  routes: [
    {
      method: "GET",
      path: "/my-plugin",
      handle: (_request, _call, { state }) => Response.json({ total: state.total }),
    },
  ],
});
