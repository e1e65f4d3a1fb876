/**
 * What a scenario asks of the harness around it: servers to start and to kill, wires to lay between a client and a
 * server and to cut, peers to talk to and to kill. Servers and wires are named by their address, `host:port`.
 */
export interface Commands {
  /** Starts a server of the packed package in a process of its own, with flags as on the command line. */
  startServer(...flags: string[]): Promise<string>;
  /** SIGKILL: resolves when the process is gone. */
  killServer(server: string): Promise<void>;
  /** Starts a server that is gone again, on the port it had. */
  restartServer(server: string): Promise<void>;
  /** SIGTERM: resolves when the server has said its goodbyes and the process has ended. */
  drainServer(server: string): Promise<void>;
  /** Lays a wire to a server: a port that passes on what it gets, both ways. */
  layWire(server: string): Promise<string>;
  /** Resets the connections that are open; new ones are let through. */
  resetWire(wire: string): Promise<void>;
  /** Resets what is open, and everything that is opened until `plugWire`. */
  unplugWire(wire: string): Promise<void>;
  plugWire(wire: string): Promise<void>;
  /** Passes nothing on any more, and tells nobody: connections stay open and silent, new ones too. */
  freezeWire(wire: string): Promise<void>;
  /** Lets new connections through; those that were frozen stay dead. */
  thawWire(wire: string): Promise<void>;
  /** Starts a client in a process of its own, in one of the roles of `program/peer.ts`. Resolves with its name when it is ready. */
  startPeer(role: string, server: string): Promise<string>;
  /** SIGKILL: resolves when the process is gone. */
  killPeer(peer: string): Promise<void>;
}

export type CommandName = keyof Commands;

/** From a scenario to the harness: a call, or how it ended; `failure` is null for a scenario that passed. */
export type Upward =
  | { readonly call: number; readonly command: CommandName; readonly args: readonly string[] }
  | { readonly failure: string | null };

/** The answer to a call. */
export interface Downward {
  readonly call: number;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
}
