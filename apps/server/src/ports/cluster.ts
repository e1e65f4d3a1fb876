/** What one node knows of a client on another. */
export interface RemoteClient {
  readonly node: string;
  readonly application: string;
  readonly id: string;
}

/** What the cluster tells this node about the others. */
export interface ClusterEvents {
  joined(node: string): void;
  left(node: string): void;
}

/**
 * The other nodes. Every node routes from its own memory; a message takes one hop, to the node that holds the
 * socket. The port speaks of bytes and names only: what they mean is the router's business.
 */
export interface Cluster {
  /** This node's name, unique among the nodes that live. */
  readonly node: string;
  /** Finds the others and starts telling about them. Resolves when this node may serve. */
  start(events: ClusterEvents): Promise<void>;
  /** Names of the other nodes that are believed alive. */
  peers(): readonly string[];
  /** Hands bytes to one node, in order; `false` where it is not known. */
  send(node: string, topic: string, bytes: Uint8Array): boolean;
  /** Hands bytes to every other node, in order per sender. */
  publish(topic: string, bytes: Uint8Array): void;
  /** Receives what other nodes send under a topic. Bytes are the receiver's to keep. */
  subscribe(topic: string, receive: (from: string, bytes: Uint8Array) => void): void;
  /** Leaves; what was sent before is flushed first. */
  stop(): Promise<void>;
}
