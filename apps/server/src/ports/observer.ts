import type { Value } from "@singyeong/protocol";
import type { Codec, Raw } from "@singyeong/protocol/codec";

/** A client by its name. */
export interface ObservedClient {
  readonly app: string;
  readonly id: string;
}

/** A client that is registered now. */
export interface RegisteredClient extends ObservedClient {
  /** What it says about itself: plain values by key, without those that the server sets. */
  readonly metadata: { readonly [key: string]: Value };
}

/** A message as its receiver gets it, its parts raw in the codec of its sender. */
export interface ObservedMessage {
  readonly event: string;
  readonly codec: Codec;
  readonly nonce: Raw | undefined;
  readonly payload: Raw;
  /** `undefined` where there are none, or where the receiver does not get any. */
  readonly headers?: Raw | undefined;
}

/**
 * Told of what a server does while it does it, so that tests and tools can look on. A server without one pays nothing
 * for it. What is told may only be read during the call, and the call must not throw.
 */
export interface Observer {
  /** A client is registered: queries find it. */
  joined(client: RegisteredClient): void;
  /** A message was queued for a client's socket. Told once per receiver, in the order of their frames. */
  delivered(receiver: ObservedClient, message: ObservedMessage): void;
}
