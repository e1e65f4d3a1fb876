import type { Introduction } from "./connection.ts";
import { encodeTextFrame } from "./frame.ts";
import { application, createProfile, guildsEach, ownGuilds, senderApplication } from "./profile.ts";

/** Introduces client number `client`, holding `guilds`. Names are unique per `prefix`. */
export function introduce(prefix: string, client: number, guilds: readonly string[]): Introduction {
  return identifyAs(application, `${prefix}-${client}`, -1, createProfile(client, guilds));
}

/** Introduces clients `from` … `to − 1` that no query asks for. */
export function introduceBystanders(prefix: string, from: number, to: number): Introduction[] {
  const clients = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return clients.map((client) => introduce(prefix, client, ownGuilds(client, guildsEach)));
}

/** Introduces clients that only send. */
export function introduceSenders(count: number): Introduction[] {
  return Array.from({ length: count }, (_, i) => identifyAs(senderApplication, `sender-${i}`, -1, {}));
}

/** Introduces the receivers of a control, by their places. */
export function introduceReceivers(count: number): Introduction[] {
  return Array.from({ length: count }, (_, i) => identifyAs(application, `receiver-${i}`, i, {}));
}

/** Introduces the producer of a queue, whose consumers are clients of `applicationId`. */
export function introduceProducer(applicationId: string): Introduction {
  return identifyAs(senderApplication, `producer-${applicationId}`, -1, {});
}

/** Introduces consumers of a queue, to the server and to a control alike. */
export function introduceConsumers(applicationId: string, prefix: string, count: number): Introduction[] {
  return Array.from({ length: count }, (_, i) =>
    identifyAs(applicationId, `${prefix}-${i}`, i, createProfile(i, ownGuilds(i, guildsEach))),
  );
}

/** Introduces the one that opens streams. */
export function introduceCaller(): Introduction {
  return identifyAs(senderApplication, "caller", -1, {}, streamCapabilities);
}

/** Introduces the one that they are opened to, client 0, which holds `guilds`. */
export function introduceCallee(guilds: readonly string[]): Introduction {
  return identifyAs(application, "callee", 0, createProfile(0, guilds), streamCapabilities);
}

/** Introduces a client whose requests come to `address`. */
export function introduceTarget(applicationId: string, address: string): Introduction {
  return identifyAs(applicationId, "target", -1, {}, undefined, address);
}

const streamCapabilities = ["stream"];

function identifyAs(
  applicationId: string,
  clientId: string,
  receiver: number,
  metadata: object,
  caps?: readonly string[],
  ip?: string,
): Introduction {
  const d = { client_id: clientId, application_id: applicationId, metadata, caps, ip };
  return { receiver, identify: encodeTextFrame(JSON.stringify({ op: 1, d, ts: 1_700_000_000_000, t: null })) };
}
