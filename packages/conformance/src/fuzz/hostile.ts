import type { Chance } from "./chance.ts";

const keys = ["__proto__", "constructor", "toString", "", "a", "type", "value", "path", "op", "to", "with", "ops"];
const names = ["$and", "$or", "$eq", "$in", "$gt", "$contains", "$exists", "/a", "/", "~2", "application", "selector"];
const numbers = [
  "0",
  "-1",
  "1e308",
  "-1e-308",
  "1E400",
  "18446744073709551616",
  "9007199254740993",
  "0.1",
  `9${"0".repeat(400)}`,
];

/** JSON text that is well-formed and means no good: hostile keys, repeated keys, giant numbers, half queries. */
export function hostileJson(chance: Chance, depth = 0): string {
  const kind = chance.below(depth > 4 ? 5 : 9);
  const items = (write: () => string): string => Array.from({ length: chance.below(5) }, write).join(",");
  switch (kind) {
    case 0:
      return chance.pick(["null", "true", "false"]);
    case 1:
      return chance.pick(numbers);
    case 2:
      return JSON.stringify(chance.pick(names));
    case 3:
      return JSON.stringify(String.fromCharCode(...chance.bytes(chance.below(20))));
    case 4:
      return JSON.stringify(chance.below(20) === 0 ? "k".repeat(20_000) : chance.pick(keys));
    case 5:
    case 6:
      return `[${items(() => hostileJson(chance, depth + 1))}]`;
    default:
      return `{${items(() => `${JSON.stringify(chance.pick([...keys, ...names]))}:${hostileJson(chance, depth + 1)}`)}}`;
  }
}

const events = [
  "SEND",
  "BROADCAST",
  "UPDATE_METADATA",
  "QUERY_NODES",
  "QUEUE",
  "QUEUE_REQUEST",
  "QUEUE_REQUEST_CANCEL",
  "QUEUE_ACK",
  "QUEUE_NACK",
  "QUEUE_EXTEND",
  "NOPE",
  "__proto__",
  "constructor",
];

const types = ["string", "integer", "float", "version", "list", "boolean", "map"];

/** A metadata type: mostly one that exists, so that values get through to where they are read. */
function hostileType(chance: Chance): string {
  return chance.below(3) === 0 ? hostileJson(chance) : JSON.stringify(chance.pick(types));
}

/** `d` of identify with ids that are in order and metadata that never is. */
export function hostileIntroduction(chance: Chance): string {
  const entry = `{"type":${hostileType(chance)},"value":${hostileJson(chance)}}`;
  const metadata = `{"broken":1,"x":${entry},${JSON.stringify(chance.pick(keys))}:${hostileJson(chance)}}`;
  const more = chance.pick([
    "",
    `,"tags":${hostileJson(chance)}`,
    `,"caps":${hostileJson(chance)},"ip":${hostileJson(chance)}`,
  ]);
  return `{"client_id":"hostile","application_id":"hostile","metadata":${metadata}${more}}`;
}

/** Parts of a dispatch, as JSON text. */
export interface HostileDispatch {
  readonly t: string;
  readonly d: string;
  /** What stands beside `t`. */
  readonly nonce: string;
}

/** `d` of events about queues, of which there are few, so that messages meet those who ask. */
function hostileQueueing(chance: Chance, application: string, inner: string): readonly string[] {
  const queue = `"queue":"hostile ${chance.below(8)}"`;
  const target = `"target":{"application":${chance.pick([application, inner])}}`;
  const id = `"id":${chance.pick([
    JSON.stringify(
      chance
        .below(36 ** 4)
        .toString(36)
        .padStart(11, "0"),
    ),
    inner,
  ])}`;
  const times = ["delay_ms", "ttl_ms", "priority", "max_attempts", "count", "ms"];
  const more = times.map((field) => `${JSON.stringify(field)}:${chance.pick(["1", "5", "null", hostileJson(chance)])}`);
  return [
    `{${queue},${target},"payload":${inner},"nonce":${hostileJson(chance)},${chance.pick([id, '"x":1'])}}`,
    `{${queue},${target},"payload":1,${more.join(",")}}`,
    `{${queue},"count":${chance.pick(["1", "10000", inner])}}`,
    `{${queue},${id},${more.join(",")},"dead":${chance.pick(["true", "null", inner])}}`,
    `{"queue":${inner},${target},"payload":1,${id},"ms":1}`,
  ];
}

/** A dispatch that is hostile in one place or in all; it is never routed beyond `application`. */
export function hostileDispatch(chance: Chance, application: string): HostileDispatch {
  const t = chance.pick(events);
  const inner = hostileJson(chance);
  const at = JSON.stringify(application);
  const d = chance.pick([
    inner,
    `{"target":{"application":${at},"ops":${inner}},"payload":${hostileJson(chance)},"nonce":${hostileJson(chance)}}`,
    `{"target":{"application":${at},"droppable":true},"payload":1,"receipt":${chance.pick(["true", inner])},"nonce":${inner}}`,
    `{"target":{"application":${at},"selector":${inner},"key":${hostileJson(chance)}},"payload":1}`,
    `{"target":{"application":${at}},"payload":${inner},"headers":${hostileJson(chance)}}`,
    `{"x":{"type":${hostileType(chance)},"value":${inner}},"__proto__":${hostileJson(chance)}}`,
    `{"application":${at},"ops":[{"path":${JSON.stringify(chance.pick(names))},"op":"$eq","to":${inner}}]}`,
    ...hostileQueueing(chance, at, inner),
  ]);
  return { t, d, nonce: hostileJson(chance) };
}
