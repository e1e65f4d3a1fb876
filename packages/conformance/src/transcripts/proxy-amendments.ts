import type { Amendment } from "./amendments.ts";
import type { Step } from "./transcript.ts";

/** Codes of failures, by v1's words for them. */
const codes: ReadonlyMap<string, string> = new Map([
  ["no matches", "route/no-match"],
  [":econnrefused", "proxy/unreachable"],
]);

/** What the proxy answers in another way than the transcript. */
export const proxyAmendments: readonly Amendment[] = [
  {
    scenario: "REST proxy",
    clause: "a route with its slash has one; failures have a code; X-Forwarded-Proto is told; another user agent",
    amend: (steps) => steps.map(amend),
  },
];

function amend(step: Step): Step {
  if (!("response" in step) || typeof step.response !== "object" || step.response === null) return step;
  const { response } = step;
  if ("errors" in response && Array.isArray(response.errors)) {
    const code = codes.get(response.errors[0]) ?? "proxy/invalid";
    return { ...step, response: { ...response, code } };
  }
  if (!("url" in response && "headers" in response)) return step;
  const url = String(response.url).replace(/^\/+/, "/");
  const headers = {
    ...(response.headers as Readonly<Record<string, string>>),
    "x-forwarded-proto": "http",
    "user-agent": "singyeong",
  };
  return { ...step, response: { ...response, url, headers } };
}
