import { bounded } from "../messaging/bounded.ts";
import type { Message, RequestOptions } from "../messaging/message.ts";
import { quiet } from "../messaging/quiet.ts";
import type { Platform } from "../platform/platform.ts";
import type { Query } from "../query/query.ts";
import type { PostRequest } from "./post-request.ts";

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
  post: PostRequest,
  registerInbox: () => Promise<void>,
): Requester {
  let registration: Promise<void> | null = null;

  async function register(): Promise<void> {
    try {
      await registerInbox();
    } catch (error) {
      registration = null;
      throw error;
    }
  }

  async function request(target: Query, payload: unknown, options: RequestOptions): Promise<Message> {
    registration ??= quiet(register());
    const registered = registration;
    const wait = (resolve: () => void, reject: (error: unknown) => void): void => void registered.then(resolve, reject);
    const { timeoutMs, signal } = options;
    const startedMs = platform.elapsedMs();
    await bounded<void>(platform, { timeoutMs: timeoutMs ?? maxAgeMs, signal }, wait, () => {});
    const left = timeoutMs && timeoutMs + startedMs - platform.elapsedMs();
    return post(target, payload, { ...options, timeoutMs: left });
  }

  return { request: (target, payload, options = {}) => quiet(request(target, payload, options)) };
}
