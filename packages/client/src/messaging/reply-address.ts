/**
 * Where the answer to a request goes, written into its nonce so that clients of v1 can carry it: application, inbox and
 * number, with spaces between, which no application id has (docs/protocol, request and reply). The inbox is a value of
 * the requester's metadata.
 */
export interface ReplyAddress {
  readonly app: string;
  readonly inbox: string;
}

/** The metadata key by which a requester is found again. */
export const inboxKey = "reply_inbox";

export function formatReplyAddress(address: ReplyAddress, n: number): string {
  return `${formatAnswerPrefix(address)}${n}`;
}

/** What the nonces of all answers to one inbox begin with. */
export function formatAnswerPrefix({ app, inbox }: ReplyAddress): string {
  return `${app} ${inbox} `;
}

/** `null` for the nonce of a message that asks for no reply. */
export function parseReplyAddress(nonce: unknown): ReplyAddress | null {
  if (typeof nonce !== "string") return null;
  const [app, inbox, n, more] = nonce.split(" ", 4);
  return app && inbox && n && more === undefined ? { app, inbox } : null;
}

/**
 * Header of a request, delivered to clients of extensions: it tells a request that came back to its own sender, who may
 * match the target like anyone, from the answer to it.
 */
export const requestHeader = "singyeong-request";
