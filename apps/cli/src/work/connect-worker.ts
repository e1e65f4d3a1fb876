import type { Client, ConnectOptions } from "@singyeong/client";
import { needsPassword } from "../describe-error.ts";
import type { Session } from "../session.ts";

/**
 * Connects a client that Ctrl-C does not take away once it is there: what it has in hand is finished first.
 * @throws Failure `dispatch/restricted` where the server's password is missing
 */
export async function connectWorker(session: Session, options: ConnectOptions): Promise<Client> {
  const { interrupted } = session.system;
  const giveUp = new AbortController();
  const abort = (): void => giveUp.abort();
  interrupted.addEventListener("abort", abort);
  if (interrupted.aborted) abort();
  const client = await session.connect({ ...options, signal: giveUp.signal });
  interrupted.removeEventListener("abort", abort);
  if (client.restricted) throw needsPassword();
  return client;
}
