import type { Contract } from "../contract/contract.ts";
import { SingyeongError } from "../errors.ts";
import { aborted } from "../messaging/quiet.ts";
import type { Target } from "../query/query.ts";
import { resolveTarget } from "../query/resolve-target.ts";
import { createDirectRequest } from "./direct-request.ts";
import type { ProxyFetch } from "./http.ts";
import { unreachable } from "./http-failure.ts";
import { createPostedRequest } from "./posted-request.ts";
import { readProxyFailure } from "./proxy-failure.ts";
import { readProxyRequest } from "./proxy-request.ts";
import type { ServerCaller } from "./server-caller.ts";

/**
 * A `fetch` that goes through the server to one client that the target matches. As `fetch`, it has no time limit of
 * its own: give it a signal.
 */
export function createProxyFetch(caller: ServerCaller, target: Target<Contract>): ProxyFetch {
  return async (input, init) => {
    const signal = init?.signal ?? (typeof input === "object" && "signal" in input ? input.signal : null);
    if (signal?.aborted) throw aborted(signal);
    try {
      const request = await readProxyRequest(input, init);
      const query = resolveTarget(target);
      const sent = createDirectRequest(request, query) ?? {
        path: "/api/v1/proxy",
        json: await createPostedRequest(request, query),
      };
      // What a target says of another place is an answer, not a way to go.
      const response = await caller.fetch({ ...sent, redirect: "manual" }, signal);
      const failure = await readProxyFailure(response, caller.secret);
      if (failure === null) return response;
      throw failure;
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      throw error instanceof SingyeongError ? error : unreachable(caller.server, error);
    }
  };
}
