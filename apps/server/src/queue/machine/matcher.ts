import type { Query } from "@singyeong/query";
import type { Topic } from "./lane.ts";

/** Who may take what. Asked only about clients that are connected. */
export interface Matcher<C> {
  /** The query that counts now: another than the given one while `optional` sets its ops aside. */
  inForce(query: Query): Query;
  /** Whether a query that is in force keeps a client, and the client takes the topic. */
  keeps(query: Query, topic: Topic | null, client: C): boolean;
  /** Of clients that a query in force keeps, in the order of their requests, at least one: the one that is to get the message. */
  prefer(query: Query, clients: readonly C[]): C;
}
