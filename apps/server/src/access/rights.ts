import type { PermissionClaims } from "@singyeong/protocol/schema";
import { type Accept, compilePatterns } from "./pattern.ts";

/** What somebody may do, ready to be asked for every frame; where there is no bound there are no rights but `null`. */
export interface Rights {
  /** What they were made of. */
  readonly claims: PermissionClaims;
  /** The tenant; `null` is none. */
  readonly namespace: string | null;
  readonly isAdmin: boolean;
  /** Whether queries may name any application, and none. */
  readonly maySendToAll: boolean;
  /** Whether it may identify as a client of an application. */
  readonly mayIdentifyAs: Accept;
  /** Whether its queries may name an application. */
  readonly maySend: Accept;
  readonly mayPush: Accept;
  readonly mayConsume: Accept;
  readonly mayPublish: Accept;
  /** Whether it may subscribe to a topic, or to a pattern of topics as it is written. */
  readonly maySubscribe: Accept;
  readonly maySetMetadata: Accept;
}

const acceptAll: Accept = () => true;
const acceptFor = (patterns: readonly string[] | undefined): Accept =>
  patterns === undefined ? acceptAll : compilePatterns(patterns);

const known = new WeakMap<PermissionClaims, Rights>();

/** Compiles claims, each record once; what they leave out is not bounded, but for administration, which they must grant. */
export function createRights(claims: PermissionClaims): Rights {
  let rights = known.get(claims);
  if (rights === undefined) {
    rights = compile(claims);
    known.set(claims, rights);
  }
  return rights;
}

function compile(claims: PermissionClaims): Rights {
  return {
    claims,
    namespace: claims.namespace ?? null,
    isAdmin: claims.admin === true,
    maySendToAll: claims.send === undefined || claims.send.includes("*"),
    mayIdentifyAs: acceptFor(claims.identify),
    maySend: acceptFor(claims.send),
    mayPush: acceptFor(claims.push),
    mayConsume: acceptFor(claims.consume),
    mayPublish: acceptFor(claims.publish),
    maySubscribe: acceptFor(claims.subscribe),
    maySetMetadata: acceptFor(claims.metadata),
  };
}
