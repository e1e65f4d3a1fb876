import type { Cluster } from "../../ports/cluster.ts";

/** A cluster of this node alone. */
export function createLoneCluster(node: string): Cluster {
  return {
    node,
    start: async () => {},
    peers: () => [],
    send: () => false,
    publish: () => {},
    subscribe: () => {},
    stop: async () => {},
  };
}
