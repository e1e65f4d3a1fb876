import { describeClients } from "../registry/describe.ts";
import { type Command, refuse, refuseQuery } from "./command.ts";
import { readReplyNonce } from "./receipt.ts";

/** `QUERY_NODES`: answers with the clients that match. `d` is the query itself. */
export const queryNodes: Command = {
  event: "QUERY_NODES",
  allowRestricted: false,
  hasNonce: false,
  run({ router, maxAnswerBytes }, sender, frame) {
    if (frame.d === undefined) return refuse("dispatch/invalid", { at: "/d", message: "d is the query" });
    const compiled = router.compile(sender.codec, frame.d, sender.rights);
    if (!compiled.ok) return refuseQuery(compiled, "/d");
    const nodes = describeClients(router.chooseAll(compiled.query), maxAnswerBytes);
    if (nodes === null) return refuse("query/answer-too-large", { max_bytes: maxAnswerBytes });
    const nonce = readReplyNonce(sender, frame);
    return { kind: "answer", event: "QUERY_NODES", d: nonce === null ? { nodes } : { nodes, nonce } };
  },
};
