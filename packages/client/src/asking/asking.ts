import type { SingyeongError } from "../errors.ts";
import type { NodeInfo } from "../http/node-info.ts";
import type { Core } from "../messaging/core.ts";
import type { Message, RequestOptions } from "../messaging/message.ts";
import { attempt, refused } from "../messaging/quiet.ts";
import { receiveMessage } from "../messaging/received-message.ts";
import { createReply } from "../messaging/reply.ts";
import { inboxKey } from "../messaging/reply-address.ts";
import { checkPayload } from "../messaging/schema-check.ts";
import type { Target } from "../query/query.ts";
import { declarationOf, resolveTarget } from "../query/resolve-target.ts";
import { createPostRequest } from "./post-request.ts";
import { type QueryOptions, queryNodes } from "./query-nodes.ts";
import { createRequester } from "./requester.ts";

/** What a client asks for and gets answers to: of other clients, of the server. */
export interface Asking {
  /** `refusal` is why nothing new might be sent when this was asked for, here and below; `null` where it might. */
  request(
    refusal: SingyeongError | null,
    target: Target<never>,
    payload: unknown,
    options?: RequestOptions,
  ): Promise<Message>;
  queryNodes(
    refusal: SingyeongError | null,
    target: Target<never>,
    options?: QueryOptions,
  ): Promise<readonly NodeInfo[]>;
}

export function createAsking({ platform, messenger, register, refusal, address, options }: Core): Asking {
  const inbox = { [inboxKey]: { type: "string", value: address.inbox } } as const;
  const reply = createReply(messenger);
  const requester = createRequester(
    platform,
    options.outbox.maxAgeMs,
    createPostRequest(messenger, address, (answer) => receiveMessage(answer, reply)),
    () =>
      new Promise<void>((resolve, reject) => {
        const done = (error: SingyeongError | null): void => (error === null ? resolve() : reject(error));
        const problem = refusal(true);
        if (problem === null) register.change(inbox, done);
        else done(problem);
      }),
  );
  return {
    request: (refusal, target, payload, requestOptions) =>
      attempt(() => {
        const checked = checkPayload(declarationOf(target), payload);
        const problem = refusal ?? (checked.ok ? null : checked.error);
        return problem === null ? requester.request(resolveTarget(target), payload, requestOptions) : refused(problem);
      }),
    queryNodes: (refusal, target, queryOptions) =>
      attempt(() => (refusal === null ? queryNodes(messenger, resolveTarget(target), queryOptions) : refused(refusal))),
  };
}
