import type { Audit, AuditEntry } from "../ports/audit.ts";
import type { Answer, PathParams, Response, Route } from "./route.ts";

type Detail = NonNullable<AuditEntry["detail"]>;

/** What answers note for the audit of their route. */
const notes = new WeakMap<Answer, Detail>();

/** Notes with an answer what the audit of its route is to tell of it. */
export function noting(response: Response, detail: Detail): Response {
  notes.set(response, detail);
  return response;
}

/** What an action was done to, by the parameters of its path and what its answer notes. */
export type TargetOf = (params: PathParams, noted: Detail) => string | null;

/** A route of which every request that was let in is written down, once it is answered. */
export function audited(audit: Audit, action: string, targetOf: TargetOf, route: Route): Route {
  return {
    ...route,
    async answer(exchange, params, caller) {
      const note = (outcome: string, detail: Detail): void =>
        audit.note({
          actor: caller.subject,
          peer: exchange.peer,
          action,
          target: targetOf(params, detail),
          outcome,
          detail,
        });
      let response: Answer;
      try {
        response = await route.answer(exchange, params, caller);
      } catch (error) {
        note("server/internal", {});
        throw error;
      }
      note(outcomeOf(response), notes.get(response) ?? {});
      return response;
    },
  };
}

function outcomeOf(response: Answer): string {
  if ("answered" in response || response.status < 400) return "ok";
  return response.code ?? `${response.status}`;
}
