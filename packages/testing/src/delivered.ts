/** A message that the server handed to a client's connection. */
export interface Delivered {
  /** `SEND`, `BROADCAST`, `CLIENT_CONNECTED` or `CLIENT_DISCONNECTED`. */
  readonly event: string;
  /** The application of the client that got it. */
  readonly app: string;
  /** The client that got it. */
  readonly id: string;
  /** What the sender chose to know the answer by; `null` where it chose nothing. */
  readonly nonce: unknown;
  /** Integers beyond 2^53 are `bigint`, binary data is `Uint8Array`. */
  readonly payload: unknown;
  /** Empty where there are none, or where the receiver gets none because it asked for no extension. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which deliveries count: those that have all of these, or those that the function is true of. */
export type DeliveredFilter =
  | {
      readonly event?: string | undefined;
      readonly app?: string | undefined;
      readonly id?: string | undefined;
      readonly nonce?: string | number | null | undefined;
    }
  | ((delivered: Delivered) => boolean);

const compared = ["event", "app", "id", "nonce"] as const;

/** A filter as a function. */
export function toPredicate(filter: DeliveredFilter | undefined): (delivered: Delivered) => boolean {
  if (filter === undefined) return () => true;
  if (typeof filter === "function") return filter;
  return (delivered) => compared.every((key) => filter[key] === undefined || filter[key] === delivered[key]);
}
