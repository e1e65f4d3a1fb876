import { type Client, readServer } from "@singyeong/client";
import { needsPassword, toFailure } from "../describe-error.ts";
import { Failure } from "../failure.ts";
import type { Session } from "../session.ts";

/**
 * Connects a client that may send, as the application given, that of the server's address, or `sg`.
 * @throws Failure `dispatch/restricted` where the server's password is missing
 */
export async function connectSender(
  session: Session,
  { app, id }: { readonly app?: string | undefined; readonly id?: string | undefined },
): Promise<Client> {
  const { server } = await session.connection();
  const client = await session.connect({ app: app ?? readServer(server).application ?? "sg", id });
  if (client.restricted) throw needsPassword();
  return client;
}

/** A message that waited in vain while no server was there failed by that, and not by the time it took. */
export function explainLoss(error: unknown, client: Client): Failure {
  const failure = toFailure(error);
  if (failure.code !== "client/timeout" || client.connected) return failure;
  return new Failure("unreachable", failure.code, failure.message, {
    advice: "The server went away: sg doctor looks into it.",
  });
}
