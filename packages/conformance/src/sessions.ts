import { type IdentifiedClient, type IdentifyOptions, identifiedClient } from "./identified.ts";
import type { Reachable } from "./start-server.ts";
import { streamCaps } from "./streams.ts";

/** The extensions of a client that can resume, whatever else it does. */
export const resumeCaps = ["queue2", "receipt", "resume", "stream", "topic"];

/** A client with a session. */
export function resumable(server: Reachable, options: IdentifyOptions = {}): Promise<IdentifiedClient> {
  return identifiedClient(server, { ...options, identify: { caps: resumeCaps, ...options.identify } });
}

/** A client that calls and is called, and has no session. */
export const steady = (server: Reachable): Promise<IdentifiedClient> =>
  identifiedClient(server, { identify: { caps: [...streamCaps, "topic", "queue2"] } });

/** What to say in place of what a client would say of itself. */
export interface ComeBackOptions extends IdentifyOptions {
  /** The last frame that it has got. @default what it counted */
  readonly seq?: number;
  readonly session?: unknown;
}

/** Connects again as a client and asks for its session; `ready` says what came of it. The old connection is left as it is. */
export function comeBack(
  server: Reachable,
  client: IdentifiedClient,
  { seq = client.seq, session = client.ready.session, identify, ...options }: ComeBackOptions = {},
): Promise<IdentifiedClient> {
  const { application, id, codec } = client;
  const resume = { session, seq };
  return resumable(server, { application, id, codec, seq, ...options, identify: { resume, ...identify } });
}

/** Breaks a client's connection without a close frame. */
export function cut(client: IdentifiedClient): void {
  client.socket.terminate();
}
