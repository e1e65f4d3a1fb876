/** Who sends and who receives in the `send` benchmark, on the server and on its controls. */
import { openConnections } from "./connection.ts";
import { introduce, introduceBystanders, introduceReceivers, introduceSenders } from "./population.ts";
import { guildsEach, ownGuilds } from "./profile.ts";
import type { Route } from "./route.ts";
import { createSendTraffic, guildOf, queryCount, type Traffic } from "./traffic.ts";

/** The same number of queries, over few receivers or over many. */
export interface Split<T> {
  readonly gateways: T;
  readonly spread: T;
}

/** Receivers of the `gateways` traffic: few, so that what gathers for one in a turn can leave as one write. */
export const gatewayCount = 10;

const gatewaySeries = 0;
const spreadSeries = 1;
const senderCount = 4;
const connectsAtATime = 100;

/** Makes both traffics; `spread` is how many receivers the second has. */
export function createTraffics(spread: number): Split<Traffic> {
  return {
    gateways: createSendTraffic(gatewaySeries, (query) => query % gatewayCount),
    spread: createSendTraffic(spreadSeries, (query) => gatewayCount + (query % spread)),
  };
}

/**
 * Fills the server: the gateways first, each with its share of their guilds; then those who share the spread guilds;
 * then bystanders. Both traffics run over the same population.
 */
export async function openServerRoutes(
  port: number,
  { clients, spread }: { readonly clients: number; readonly spread: number },
  traffics: Split<Traffic>,
): Promise<Split<Route>> {
  const introductions = Array.from({ length: gatewayCount + spread }, (_, client) =>
    introduce("client", client, guildsHeldBy(client, spread)),
  );
  introductions.push(...introduceBystanders("client", introductions.length, clients));
  const connections = await openConnections(port, introductions, connectsAtATime);
  const senders = await openConnections(port, introduceSenders(senderCount), senderCount);
  const route = (traffic: Traffic, from: number, to: number): Route => ({
    senders,
    receivers: connections.slice(from, to),
    traffic,
    fansOut: false,
  });
  return {
    gateways: route(traffics.gateways, 0, gatewayCount),
    spread: route(traffics.spread, gatewayCount, gatewayCount + spread),
  };
}

/** Opens a control's connections; without receivers the senders receive. */
export async function openRelayRoute(port: number, receiverCount: number, traffic: Traffic): Promise<Route> {
  const receivers = await openConnections(port, introduceReceivers(receiverCount), connectsAtATime);
  const senders = await openConnections(port, introduceSenders(senderCount), senderCount);
  return { senders, receivers: receiverCount === 0 ? senders : receivers, traffic, fansOut: false };
}

function guildsHeldBy(client: number, spread: number): string[] {
  const isGateway = client < gatewayCount;
  const [series, modulus, place] = isGateway
    ? [gatewaySeries, gatewayCount, client]
    : [spreadSeries, spread, client - gatewayCount];
  const guilds: string[] = [];
  for (let query = place; query < queryCount; query += modulus) guilds.push(guildOf(series, query));
  return guilds.concat(ownGuilds(client, Math.max(0, guildsEach - guilds.length)));
}
