import { readMetadata } from "../metadata/read.ts";
import { isPlainMap } from "../value/describe.ts";
import type { NodeInfo } from "./node-info.ts";
import { unexpectedAnswer } from "./unexpected-answer.ts";

/** Reads a list of clients as servers give it (docs/protocol/dispatch.md). @throws `client/protocol` for what is none */
export function readNodes(nodes: unknown): readonly NodeInfo[] {
  if (!Array.isArray(nodes)) throw unexpectedAnswer("a list of clients");
  return nodes.map(readNode);
}

function readNode(node: unknown): NodeInfo {
  if (!isPlainMap(node) || typeof node.app_id !== "string" || typeof node.client_id !== "string") {
    throw unexpectedAnswer("clients with app_id and client_id");
  }
  return {
    app: node.app_id,
    id: node.client_id,
    ...readMetadata(node.metadata, node.metadata_types),
    ip: typeof node.socket_ip === "string" ? node.socket_ip : null,
    queues: Array.isArray(node.queues) ? node.queues.filter((queue) => typeof queue === "string") : [],
  };
}
