/** What a process of clients is asked to do, and what it found; over the channel that `fork` opens. */
export interface Task {
  readonly messages: number;
  /** How many may be under way. */
  readonly window: number;
  readonly receipts: boolean;
}

export interface Report {
  readonly seconds: number;
  /** Of the whole process, sender and receiver, user and system. */
  readonly cpuSeconds: number;
}

/** A sender and a receiver behind one server. */
export interface Peers {
  /** Sends one message; resolves with its receipt where those are asked for. */
  send(payload: Payload, receipt: boolean): Promise<unknown> | null;
  /** Called for each payload that arrives. */
  receive(handler: (payload: Payload) => void): void;
}

/** About 190 bytes of JSON. */
export interface Payload {
  readonly n: number;
  readonly user: string;
  readonly tags: readonly string[];
  readonly text: string;
}

/** Whom a sender addresses: one client of this application with a latency of at most 100, which its receiver alone is. */
export function receiverApplication(kind: string): string {
  return `receiver-${kind}`;
}

/** What senders are clients of. */
export const senderApplication = "sender";
