import { type ClientOptions, type Frame, openClient, type RawClient } from "./raw-client.ts";
import type { Reachable } from "./start-server.ts";

/** What identify says, besides the ids that are made up where none are given. */
export interface IdentifyOptions extends ClientOptions {
  readonly application?: string;
  readonly id?: string;
  /** Anything else for identify's `d`. */
  readonly identify?: Readonly<Record<string, unknown>>;
}

/** A client that is ready. */
export interface IdentifiedClient extends RawClient {
  readonly application: string;
  readonly id: string;
  /** `d` of ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Sends a dispatch. */
  dispatch(t: string, d: unknown): void;
}

let names = 0;

/** A name that no other test of this process uses. */
export function freshName(role: string): string {
  names++;
  return `${role}-${names}`;
}

/** The frame that introduces a client. */
export function identifyFrame(application: string, id: string, more: Readonly<Record<string, unknown>> = {}): object {
  return { op: 1, d: { application_id: application, client_id: id, ...more } };
}

/** Opens a connection and reads its hello. */
export async function greetedClient(server: Reachable, options: ClientOptions = {}): Promise<RawClient> {
  const client = await openClient(server, options);
  const hello = await client.next();
  if (hello.op !== 0) throw new Error(`expected hello, got op ${hello.op}`);
  return client;
}

/** Opens a connection and identifies. Rejects where the answer is not ready. */
export async function identifiedClient(server: Reachable, options: IdentifyOptions = {}): Promise<IdentifiedClient> {
  const application = options.application ?? freshName("app");
  const id = options.id ?? freshName("client");
  const client = await greetedClient(server, options);
  client.send(identifyFrame(application, id, options.identify));
  const ready = await client.next();
  if (ready.op !== 2) throw new Error(`expected ready, got ${JSON.stringify(ready)}`);
  return Object.assign(client, {
    application,
    id,
    ready: ready.d,
    dispatch: (t: string, d: unknown) => client.send({ op: 4, t, d }),
  });
}

/** What has come to a client and what the server is sending it now, taken. */
export async function drainInbox(client: RawClient): Promise<Frame[]> {
  client.send({ op: 5, d: null });
  const frames: Frame[] = [];
  for (let frame = await client.next(); frame.op !== 6; frame = await client.next()) frames.push(frame);
  return frames;
}

/** A query for every client of an application. */
export function everyoneIn(application: string, more: Readonly<Record<string, unknown>> = {}): object {
  return { application, ops: [], ...more };
}

/** The fatal answer and the end that follows it. */
export async function failure(client: RawClient): Promise<{ readonly frame: Frame; readonly code: number }> {
  const frame = await client.next();
  const { code } = await client.closed;
  return { frame, code };
}

/** Closes a client and waits until the server has seen it go: it answers a newer connection by then. */
export async function leave(server: Reachable, client: RawClient): Promise<void> {
  await client.close();
  await awaitDepartures(server);
}

/** A whole exchange on a new connection; whatever ended before it has been noticed when this resolves. */
export async function awaitDepartures(server: Reachable): Promise<void> {
  const probe = await greetedClient(server);
  await probe.close();
}
