import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import { resolveTarget } from "../query/resolve-target.ts";
import { isPlainMap } from "../value/describe.ts";
import type { HttpApi, HttpOptions } from "./http.ts";
import { createProxyFetch } from "./proxy-fetch.ts";
import { readExplanation } from "./read-explanation.ts";
import { readNodes } from "./read-nodes.ts";
import { createServerCaller } from "./server-caller.ts";
import { unexpectedAnswer } from "./unexpected-answer.ts";

/** Everything that a server's HTTP side is asked; loaded when it is first used. */
export function createHttpCalls(
  server: Server,
  auth: HttpOptions["auth"] | null,
  customFetch: HttpOptions["fetch"],
): HttpApi {
  const caller = createServerCaller(server, auth, customFetch);
  return {
    async query(target, callOptions) {
      return readNodes(await caller.call("/api/v1/query", resolveTarget(target as never), callOptions)) as never;
    },
    async explain(target, callOptions = {}) {
      const { limit } = callOptions;
      const path = `/api/v1/explain${limit === undefined ? "" : `?limit=${checkLimit(limit)}`}`;
      return readExplanation(await caller.call(path, resolveTarget(target as never), callOptions));
    },
    async discover(tags, callOptions) {
      const path = `/api/v1/discovery/tags?q=${encodeURIComponent(JSON.stringify(tags))}`;
      const answer = await caller.call(path, undefined, callOptions);
      if (isPlainMap(answer) && isTextList(answer.result)) return answer.result;
      throw unexpectedAnswer("a list of applications");
    },
    proxy: (target) => createProxyFetch(caller, target as never),
    async version(callOptions) {
      const answer = await caller.call("/api/version", undefined, callOptions);
      if (isPlainMap(answer) && typeof answer.singyeong === "string" && typeof answer.api === "string") {
        return { singyeong: answer.singyeong, api: answer.api };
      }
      throw unexpectedAnswer("its version");
    },
  };
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new SingyeongError("client/invalid-value", `limit is ${limit}, expected a whole number of 0 or more`);
}

function isTextList(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.every((item) => typeof item === "string");
}
