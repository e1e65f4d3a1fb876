import type { Platform } from "../platform/platform.ts";
import type { Query } from "../query/query.ts";
import { bounded } from "./bounded.ts";
import type { Message, RequestOptions } from "./message.ts";
import type { Messenger } from "./messenger.ts";
import { quiet } from "./quiet.ts";
import type { ReplyAddress } from "./reply-address.ts";

/** Sends requests, and sees to it that answers find the way back. */
export interface Requester {
  request(target: Query, payload: unknown, options?: RequestOptions): Promise<Message>;
}

/**
 * `registerInbox` puts our inbox into our metadata: at the first request, for those who never ask need none. Requests
 * wait for that as long as messages wait for a connection.
 */
export function createRequester(
  platform: Platform,
  maxAgeMs: number,
  address: ReplyAddress,
  messenger: Messenger,
  registerInbox: () => Promise<void>,
): Requester {
  let registering: Promise<void> | null = null;
  let registered = false;

  async function register(): Promise<void> {
    try {
      await registerInbox();
      registered = true;
    } finally {
      registering = null;
    }
  }

  async function request(target: Query, payload: unknown, options: RequestOptions): Promise<Message> {
    if (!registered) {
      registering ??= quiet(register());
      const registration = registering;
      const wait = (resolve: () => void, reject: (error: unknown) => void): void =>
        void registration.then(resolve, reject);
      await bounded<void>(platform, { timeoutMs: maxAgeMs, signal: options.signal }, wait, () => {});
    }
    return messenger.request(target, payload, address, options);
  }

  return { request: (target, payload, options = {}) => quiet(request(target, payload, options)) };
}
