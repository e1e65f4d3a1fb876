import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import { SingyeongError } from "../errors.ts";
import type { BuiltQuery, Query, Target } from "./query.ts";

/** The plain query of a target. Plain ones are passed on as they are. @throws `client/invalid-value` for what is none; `client/invalid-query` */
export function resolveTarget(target: Target<Contract>): Query {
  if (typeof target === "string") return { application: target, ops: [] };
  if (isBuilt(target)) return target.build();
  return isApplication(target) ? { application: target.id, ops: [] } : target;
}

/** The declaration of the application that a target is for; `null` where it names none. @throws `client/invalid-value` for what is none */
export function declarationOf(target: Target<Contract>): Application<Contract> | null {
  if (typeof target === "string") return null;
  if (isBuilt(target)) return target.declared;
  return isApplication(target) ? target : null;
}

function isBuilt(target: Exclude<Target<Contract>, string>): target is BuiltQuery<Contract> {
  if (Object(target) !== target) {
    throw new SingyeongError("client/invalid-value", "a target is an application or a query");
  }
  return "build" in target && typeof target.build === "function";
}

function isApplication(target: Exclude<Target<Contract>, string>): target is Application<Contract> {
  return "id" in target && typeof target.id === "string";
}
