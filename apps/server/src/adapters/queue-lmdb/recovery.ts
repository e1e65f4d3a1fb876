import { setImmediate as breathe } from "node:timers/promises";
import type { Recovered } from "../../ports/queue-store.ts";
import type { Environment, SeqTree } from "./environment.ts";
import { isRecordOf, readIdentity, readMessage, readStanding } from "./records.ts";
import type { SeqSet } from "./seq-set.ts";
import { damagedStore } from "./store-faults.ts";

/** Items of a page. */
const pageSize = 1000;
/** A page ends early where its bodies are large: checking them takes time. */
const maxPageBytes = 4 * 1024 * 1024;

/**
 * Reads back all that is stored. Notes in `moved` which messages have a record of their standing.
 *
 * @throws StoreError `damaged`
 */
export async function* recoverAll(
  folder: string,
  environment: () => Environment,
  moved: SeqSet,
): AsyncGenerator<readonly Recovered[]> {
  for (const records of pagesOf(folder, () => environment().messages)) {
    const last = records.at(-1)!.seq;
    const later = new Map(
      [...recordsFrom(folder, environment().standings, records[0]!.seq, last)].map(({ seq, value }) => [
        seq,
        readStanding(value),
      ]),
    );
    yield records.map(({ seq, value }) => {
      const message = readMessage(seq, value);
      const standing = later.get(seq);
      if (standing === undefined) return { kind: "message", message };
      moved.add(seq);
      return { kind: "message", message: { ...message, standing } };
    });
    await breathe();
  }
  for (const records of pagesOf(folder, () => environment().identities)) {
    yield records.map(({ seq, value }) => ({ kind: "identity", seq, ...readIdentity(value) }));
    await breathe();
  }
  const names = [...environment().paused.getKeys()].map((key) => Buffer.from(key).toString());
  for (let at = 0; at < names.length; at += pageSize)
    yield names.slice(at, at + pageSize).map((queue) => ({ kind: "paused", queue }));
}

interface SeqRecord {
  readonly seq: number;
  readonly value: Buffer;
}

function* pagesOf(folder: string, tree: () => SeqTree): Generator<readonly SeqRecord[]> {
  let from = 0;
  while (true) {
    const records: SeqRecord[] = [];
    let bytes = 0;
    for (const record of recordsFrom(folder, tree(), from, Number.MAX_SAFE_INTEGER)) {
      records.push(record);
      bytes += record.value.byteLength;
      if (records.length >= pageSize || bytes >= maxPageBytes) break;
    }
    if (records.length === 0) return;
    yield records;
    from = records.at(-1)!.seq + 1;
  }
}

/** Records from one seq to another, each checked. */
function* recordsFrom(folder: string, tree: SeqTree, from: number, to: number): Generator<SeqRecord> {
  for (const { key, value } of tree.getRange({ start: from, end: to + 1 })) {
    const bytes = value as Buffer;
    const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isRecordOf(key, record)) throw damagedStore(folder, `message ${key} is not what was written`);
    yield { seq: key, value: record };
  }
}
