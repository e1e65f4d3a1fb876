/** Two processes, one of which calls the other through a server, and what they are asked to do. */

/** With which clients, and so through which server. */
export const partyKinds = ["singyeong", "nats", "moleculer"] as const;
export type PartyKind = (typeof partyKinds)[number];

/** Given to the caller over the channel that `fork` opens. */
export type Task =
  | {
      readonly kind: "calls";
      readonly calls: number;
      /** How many are under way at once. */
      readonly window: number;
    }
  | {
      /** Through one stream. */
      readonly kind: "stream";
      readonly messages: number;
      readonly payloadBytes: number;
    };

/** What the caller answers. */
export interface Report {
  readonly seconds: number;
  /** How long calls took, in microseconds; 0 for a stream. */
  readonly p50: number;
  readonly p99: number;
}

/** As messages of the wire have it: 230 bytes of JSON, unless more is asked for. */
export interface Payload {
  readonly n: string;
  readonly text: string;
}

export interface Caller {
  /** Has the other party say the payload again. */
  echo(payload: Payload): Promise<unknown>;
  /** Sends all of them through one stream; resolves with how many have arrived. `null` where a client has no streams. */
  readonly upload: ((messages: AsyncIterable<Payload>) => Promise<unknown>) | null;
}

/** Connects a party; a caller resolves once it knows its callee. */
export interface Party {
  openCallee(port: number): Promise<unknown>;
  openCaller(port: number): Promise<Caller>;
}
