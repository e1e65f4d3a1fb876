import { delivered, fails, gets, isClosed, leaves, type Step } from "./transcript.ts";

/** Where the protocol's page and a transcript disagree, and the clause that wins. */
export interface Amendment {
  readonly scenario: string;
  readonly clause: string;
  readonly amend: (steps: readonly Step[]) => readonly Step[];
}

/** Replaces `count` steps from `at` on. */
const from =
  (at: number, count: number, ...put: readonly Step[]) =>
  (steps: readonly Step[]) =>
    steps.toSpliced(at, count, ...put);

const rest = Number.POSITIVE_INFINITY;
const fatal = (who: string, code: string, error: string, extraInfo: unknown): readonly Step[] => [
  fails(who, 8, code, error, extraInfo),
  isClosed(who),
];
const malformed = { x: 'x: expected {"type": …, "value": …} or null' };

const lives = "an unroutable SEND without `droppable` closes the connection (1011): do not copy; no route is op 3";
const optional = "`optional: true`: where nothing matches, choose as if there were no ops";
const refused = "anything wrong inside a dispatch is op 3, and the connection lives";
const unroutable = (event: string): readonly Amendment[] => [
  ...["droppable:false", "droppable absent"].map((flags) => ({
    scenario: `${event} no match, ${flags}`,
    clause: lives,
    amend: from(4, 1, fails("A", 3, "route/no-match", "no_route"), leaves("A")),
  })),
  ...["optional:true", "optional:true droppable:true"].map((flags) => ({
    scenario: `${event} no match, ${flags}`,
    clause: optional,
    amend: from(4, 1, delivered("A", event, "n", { hi: 1 }), leaves("A")),
  })),
];

const nodes = (clientId: string): unknown => ({
  app_id: "app",
  client_id: clientId,
  metadata: {
    encoding: "json",
    ip: "127.0.0.1",
    last_heartbeat_time: 0,
    namespace: null,
    receive_client_updates: false,
    restricted: false,
  },
  metadata_types: {
    encoding: "string",
    ip: "string",
    last_heartbeat_time: "integer",
    namespace: "string",
    receive_client_updates: "string",
    restricted: "boolean",
  },
  queues: [],
  socket_ip: "127.0.0.1",
});

/** Scenarios on which the page wins over the transcript. */
export const amendments: readonly Amendment[] = [
  {
    scenario: "identify twice on one socket",
    clause: "a second identify on one connection: op 8; who is told so is no candidate any more",
    amend: (steps) => [
      ...steps.slice(0, 4),
      fails("A", 8, "identify/repeated", "already identified"),
      steps[7]!,
      isClosed("A"),
      steps[7]!,
    ],
  },
  {
    scenario: "identify metadata: no type wrapper",
    clause: "a malformed metadata entry closes it: do not copy; an invalid update names every bad key",
    amend: from(2, rest, ...fatal("A", "identify/metadata", "initial metadata: invalid", malformed)),
  },
  {
    scenario: "identify metadata: integer into float",
    clause: "a whole number is fine as a float",
    amend: from(2, rest, gets("A", { op: 2, t: null, d: { client_id: "c-1116-17", restricted: false } }), leaves("A")),
  },
  {
    scenario: "identify: missing application_id",
    clause: "`{error, extra_info, code}`: every bad field is named",
    amend: from(
      2,
      1,
      fails("A", 8, "identify/invalid", "decode: payload: unrecoverable", {
        application_id: "application_id: missing",
      }),
    ),
  },
  {
    scenario: "identify: missing d",
    clause: "`{error, extra_info, code}`: every bad field is named",
    amend: from(2, 1, fails("A", 8, "identify/invalid", "decode: payload: unrecoverable", { d: "d is a map" })),
  },
  {
    scenario: "identify: ids with spaces / empty",
    clause: "ids are non-empty text of at most 256 bytes; v1 forbids spaces, refuse them clearly",
    amend: (steps) => [
      ...steps.slice(0, 2),
      ...fatal("A", "identify/invalid", "decode: payload: unrecoverable", {
        application_id: "application_id: must not contain spaces",
        client_id: "client_id: must not contain spaces",
      }),
      ...steps.slice(4, 6),
      ...fatal("B", "identify/invalid", "decode: payload: unrecoverable", {
        client_id: "client_id: must not have fewer than 1 characters",
      }),
    ],
  },
  {
    scenario: "ping frame / path variants",
    clause: "`GET /` redirects; the page behind a redirect is not part of v1",
    amend: (steps) => [{ who: "http", request: "GET /", headers: {}, status: 302, response: "" }, ...steps.slice(1)],
  },
  {
    scenario: "UPDATE_METADATA: malformed entry",
    clause: "a malformed metadata entry closes it: do not copy; an invalid update changes nothing",
    amend: from(4, rest, fails("A", 3, "metadata/invalid", "invalid metadata", malformed), leaves("A")),
  },
  ...unroutable("SEND"),
  ...unroutable("BROADCAST"),
  {
    scenario: "SEND match (other app), plus missing nonce/payload/target",
    clause: refused,
    amend: (steps) => {
      const invalid = (who: string, at: string, message: string): readonly Step[] => [
        fails(who, 3, "dispatch/invalid", "invalid dispatch payload", { at, message }),
        leaves(who),
      ];
      const badQuery = (who: string, at: string, rule: string, message: string): readonly Step[] => [
        fails(who, 3, "query/invalid", "invalid query", { at, rule, message }),
        leaves(who),
      ];
      return [
        ...steps.slice(0, 15),
        ...invalid("S", "/d/payload", "payload is missing"),
        ...steps.slice(17, 21),
        ...invalid("S2", "/d/target", "target is missing"),
        ...steps.slice(23, 27),
        ...invalid("S3", "/d", "d is a map of target, nonce and payload"),
        ...steps.slice(29, 33),
        ...badQuery("S4", "/d/target/ops/0/path", "query/path", "expected …"),
        ...steps.slice(35, 39),
        ...badQuery("S5", "/d/target/ops/0/op", "query/operator", "expected …"),
        ...steps.slice(41),
      ];
    },
  },
  ...["QUERY_NODES plain query", "QUERY_NODES with target+payload"].map((scenario, i) => ({
    scenario,
    clause: "QUERY_NODES closes it too: do not copy; the answer is `{nodes: […]}`, and `d` is the query",
    amend: from(4, 1, gets("A", { op: 4, t: "QUERY_NODES", d: { nodes: [nodes(`c-1116-${63 + i}`)] } }), leaves("A")),
  })),
  {
    scenario: "encoding=msgpack",
    clause: "a text frame on a binary encoding: op 8 (the transcript leaves out the frame that caused it)",
    amend: (steps) => [
      ...steps.slice(0, 10),
      { who: "A", dir: ">", raw: '{"op":5,"d":{}}', kind: "text" },
      ...steps.slice(10),
    ],
  },
  {
    scenario: "REST version/query auth",
    clause: "the older shorthand means the same; other errors are JSON `{error, code, extra_info}` with `code` text",
    amend: (steps) =>
      steps.map((step, i) => {
        if (i === 7) {
          const extra_info = { message: 'expected a key in double quotes, got "b"', at: 1 };
          return { ...step, response: { error: "malformed body", code: "http/malformed-body", extra_info } } as Step;
        }
        return i === 8 ? ({ ...step, status: 200, response: [] } as Step) : step;
      }),
  },
];
