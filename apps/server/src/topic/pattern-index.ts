import type { Pattern } from "./pattern.ts";

/** Values by pattern, found by topic: in time by the segments of the topic, however many patterns there are. */
export interface PatternIndex<Value> {
  add(pattern: Pattern, value: Value): void;
  remove(pattern: Pattern, value: Value): void;
  /** Whether some pattern matches a topic. */
  covers(topic: readonly string[]): boolean;
  /** The values of all patterns that match a topic, each once. */
  find(topic: readonly string[]): Set<Value>;
}

/** What patterns go on with behind some segments. */
interface Node<Value> {
  readonly parent: Node<Value> | null;
  readonly segment: string;
  /** Of patterns that end here, and of those that end here with `>`. What is empty is null: there are many. */
  ending: Set<Value> | null;
  open: Set<Value> | null;
  next: Map<string, Node<Value>> | null;
}

/** The segment that stands for any one. */
const any = "*";

export function createPatternIndex<Value>(): PatternIndex<Value> {
  const root = createNode<Value>(null, "");

  /** Calls back with the values of patterns that match, until told to stop. */
  function visit(
    node: Node<Value>,
    topic: readonly string[],
    at: number,
    found: (values: Set<Value>) => boolean,
  ): boolean {
    if (at === topic.length) return node.ending !== null && found(node.ending);
    if (node.open !== null && found(node.open)) return true;
    const segment = topic[at]!;
    const same = node.next?.get(segment);
    if (same !== undefined && visit(same, topic, at + 1, found)) return true;
    if (segment === any) return false;
    const other = node.next?.get(any);
    return other !== undefined && visit(other, topic, at + 1, found);
  }

  function nodeOf({ segments }: Pattern): Node<Value> {
    let node = root;
    for (const segment of segments) {
      node.next ??= new Map();
      let next = node.next.get(segment);
      if (next === undefined) {
        next = createNode(node, segment);
        node.next.set(segment, next);
      }
      node = next;
    }
    return node;
  }

  return {
    add(pattern, value) {
      const node = nodeOf(pattern);
      if (pattern.isOpen) node.open = (node.open ?? new Set()).add(value);
      else node.ending = (node.ending ?? new Set()).add(value);
    },
    remove(pattern, value) {
      let node = nodeOf(pattern);
      if (pattern.isOpen) node.open = without(node.open, value);
      else node.ending = without(node.ending, value);
      while (node.parent !== null && node.next === null && node.ending === null && node.open === null) {
        const { parent } = node;
        parent.next!.delete(node.segment);
        if (parent.next!.size === 0) parent.next = null;
        node = parent;
      }
    },
    covers: (topic) => visit(root, topic, 0, () => true),
    find(topic) {
      const all = new Set<Value>();
      visit(root, topic, 0, (values) => {
        for (const value of values) all.add(value);
        return false;
      });
      return all;
    },
  };
}

function createNode<Value>(parent: Node<Value> | null, segment: string): Node<Value> {
  return { parent, segment, next: null, ending: null, open: null };
}

function without<Value>(values: Set<Value> | null, value: Value): Set<Value> | null {
  values?.delete(value);
  return values === null || values.size === 0 ? null : values;
}
