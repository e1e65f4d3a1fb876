import type { Metrics } from "../../ports/metrics.ts";
import type { Client } from "../../registry/client.ts";

/** The capability by which clients answer proxied requests over their connection. */
export const httpCap = "http";

/** The clients that answer requests over their connection ([SH-1]). It outlives the connection as the client's record does. */
export interface HttpServers {
  set(client: Client, serves: boolean): void;
  serves(client: Client): boolean;
  /** A client can say nothing more. */
  release(client: Client): void;
}

export function createHttpServers(metrics: Metrics): HttpServers {
  const servers = new Set<Client>();
  const serving = "Clients that answer proxied requests over their connection.";
  metrics.gauge("singyeong_http_serving_clients", serving, () => servers.size);
  return {
    set(client, serves) {
      if (serves) servers.add(client);
      else servers.delete(client);
    },
    serves: (client) => servers.has(client),
    release: (client) => void servers.delete(client),
  };
}
