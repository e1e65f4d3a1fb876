/** A message that reached this client. */
export interface Message<P = unknown> {
  /** How it was sent: to one, or to all that matched. */
  readonly event: "SEND" | "BROADCAST";
  readonly payload: P;
  /** What its sender chose to know the answer by; `null` where there is none. */
  readonly nonce: unknown;
  /** Text to text; empty where the sender gave none. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the server sent it, in milliseconds since 1970; NaN where it did not say. */
  readonly sentAtMs: number;
  /** Whether `reply` knows where to: true for what another client's `request` sent. */
  readonly wantsReply: boolean;
  /**
   * Answers a `request` of another client.
   * @throws `client/invalid-value` where the message asks for no answer; else as `send`
   */
  reply(payload: unknown, options?: ReplyOptions): Promise<Receipt>;
}

/** What became of a message. */
export interface Receipt {
  /** How many clients it was handed to; `null` where the server gives no receipts or none was asked for. */
  readonly count: number | null;
}

export interface SendOptions {
  /** Text to text, delivered beside the payload to clients of extensions. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * False hands the message over and asks nothing: faster, and a refusal shows up as a status of type `error` alone.
   * @default true
   */
  readonly receipt?: boolean | undefined;
  /** What the receivers see as nonce, by which peers of v1 know what a message answers. @default one of the client's */
  readonly nonce?: string | undefined;
  /**
   * How long all of it may take, in milliseconds.
   * @default `outbox.maxAgeMs` for a connection, and then 10000 for the answer
   */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As for `send`; the nonce says where the answer goes. */
export type RequestOptions = Omit<SendOptions, "receipt" | "nonce">;

/** As for `send`; the nonce is the request's. */
export type ReplyOptions = Omit<SendOptions, "nonce">;

export interface MessagesOptions<P = unknown> {
  /** Only messages that were sent this way. */
  readonly event?: Message["event"] | undefined;
  /** Only messages that this is true of. */
  readonly filter?: ((message: Message<P>) => boolean) | undefined;
  /** How many messages may wait to be read; past it the oldest is dropped and a status tells. @default 1000 */
  readonly maxWaiting?: number | undefined;
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
}

/** Messages as they come. Read it with `for await`: leaving the loop ends it. Two loops would share its messages. */
export interface Messages<P = unknown> extends AsyncIterableIterator<Message<P>, undefined>, AsyncDisposable {
  /** Ends it: what waits is still read, nothing more comes. */
  close(): void;
}

/** A handler's subscription. */
export interface Subscription extends Disposable {
  close(): void;
}
