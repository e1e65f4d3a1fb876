import { accessSync, constants, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { StoreError } from "../../kernel/store-error.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, QueueStore } from "../../ports/queue-store.ts";
import { backUp } from "./backup.ts";
import { explainCommitFailure } from "./commit-failure.ts";
import { createCommitPlanner, demandOf } from "./commit-plan.ts";
import { createDiskShare, type DiskShare } from "./disk-share.ts";
import { dataFileName, type Environment, openEnvironment } from "./environment.ts";
import { lockFolder, type Release } from "./folder-lock.ts";
import { formatVersion, numberNames } from "./format.ts";
import { isRecordOf, namedNumber, readBody, readNamedNumber } from "./records.ts";
import { recoverAll } from "./recovery.ts";
import { createSeqSet } from "./seq-set.ts";
import { damagedStore, systemFault } from "./store-faults.ts";
import { verifyDataFile } from "./verify-data-file.ts";

export interface LmdbQueueStoreOptions {
  /** Folder of the server's data, made where there is none: queues are in `queues` in it, backups in `backups`. */
  readonly folder: string;
  /** What the queues may take of the disk, backups left out. */
  readonly maxBytes: number;
  readonly logger?: Logger;
}

/** Reads at a stretch, before the event loop gets its turn. */
const stretchMs = 2;

/** What there is between opening and closing. */
interface Opened {
  /** `null` while it cannot be used: after a write that failed, until it is opened anew. */
  environment: Environment | null;
  readonly share: DiskShare;
  readonly release: Release;
}

/** Makes a queue store on disk. It can be opened again after it was closed. */
export function createLmdbQueueStore({ folder: given, maxBytes, logger }: LmdbQueueStoreOptions): QueueStore {
  const folder = resolve(given);
  const queues = join(folder, "queues");
  let opened: Opened | null = null;
  let moved = createSeqSet();
  let planner = createCommitPlanner(moved);
  let lastSeq = 0;
  /** Commits, one after the other; backups under way; after a failed commit, the environment is opened anew. */
  let commits: Promise<unknown> = Promise.resolve();
  const backups = new Set<Promise<unknown>>();
  let broken = false;

  async function open(): Promise<void> {
    prepareFolder(folder);
    const release = await lockFolder(folder).catch((error) => {
      throw systemFault(folder, "lock the data folder", error);
    });
    try {
      await verifyDataFile(queues, join(queues, dataFileName));
      mkdirSync(queues, { recursive: true, mode: 0o700 });
      const environment = openTrees();
      moved = createSeqSet();
      planner = createCommitPlanner(moved);
      lastSeq = numberIn(environment, numberNames.lastSeq) ?? 0;
      if (numberIn(environment, numberNames.format) === null)
        await environment.root.put(Buffer.from(numberNames.format), namedNumber(numberNames.format, formatVersion));
      opened = { environment, release, share: createDiskShare(maxBytes, environment) };
    } catch (error) {
      await release();
      throw systemFault(queues, "open the queues in", error);
    }
  }

  function openTrees(): Environment {
    // Room to spare: LMDB maps a file that outgrows its map anew, and leaves the old map in place.
    return openEnvironment(queues, maxBytes + 256 * 1024 * 1024);
  }

  function current(): Opened {
    if (opened === null) throw new StoreError("io", `The queues in ${folder} are closed.`);
    return opened;
  }

  function environmentNow(): Environment {
    const { environment } = current();
    if (environment === null)
      throw new StoreError("io", `The queues in ${folder} cannot be read after a write had failed.`);
    return environment;
  }

  async function commit(changes: readonly Change[]): Promise<void> {
    const { share } = current();
    if (broken) await reopen();
    const environment = environmentNow();
    const demand = demandOf(changes, environment.pageBytes);
    if (!share.admits(demand))
      throw new StoreError(
        "full",
        `The queues in ${folder} take all of the ${maxBytes} bytes that they may (maxDiskBytes).`,
      );
    const plan = planner.plan(changes, lastSeq);
    try {
      await environment.root.batch(() => plan.apply(environment));
      lastSeq = plan.lastSeq;
    } catch (error) {
      planner.undo(changes);
      broken = true;
      throw await explainCommitFailure(queues, error);
    } finally {
      share.committed(demand);
    }
  }

  /** After a write that failed, LMDB may refuse all others until it is opened anew. */
  async function reopen(): Promise<void> {
    await Promise.allSettled(backups);
    const store = current();
    const { environment } = store;
    store.environment = null;
    try {
      await environment?.root.close();
      store.environment = openTrees();
      store.share.measureIn(store.environment);
    } catch (error) {
      throw systemFault(queues, "open the queues in", error);
    }
    broken = false;
    logger?.info({ folder: queues }, "queues opened anew after a write had failed");
  }

  async function read(seqs: readonly number[]): Promise<readonly (Uint8Array | null)[]> {
    const bodies: (Uint8Array | null)[] = [];
    let sinceMs = performance.now();
    for (const seq of seqs) {
      const value = environmentNow().messages.getBinary(seq);
      if (value === undefined) {
        bodies.push(null);
        continue;
      }
      const record = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (!isRecordOf(seq, record)) throw damagedStore(queues, `message ${seq} is not what was written`);
      bodies.push(readBody(record));
      if (performance.now() - sinceMs > stretchMs) {
        await breathe();
        sinceMs = performance.now();
      }
    }
    return bodies;
  }

  async function backup(name: string): Promise<{ readonly path: string; readonly bytes: number }> {
    const { share } = current();
    const environment = environmentNow();
    share.pin();
    const copying = backUp(folder, environment, name).finally(() => share.unpin());
    backups.add(copying);
    try {
      return await copying;
    } finally {
      backups.delete(copying);
    }
  }

  async function close(): Promise<void> {
    if (opened === null) return;
    const { release } = opened;
    await Promise.allSettled([commits, ...backups]);
    const { environment } = opened;
    opened = null;
    await environment?.root.close();
    await release();
  }

  return {
    open: () =>
      opened === null ? open() : Promise.reject(new StoreError("locked", `The queues in ${folder} are open already.`)),
    recover: () => recoverAll(queues, environmentNow, moved),
    lastSeq: () => lastSeq,
    commit(changes) {
      const done = commits.then(() => commit(changes));
      commits = done.catch(() => undefined);
      return done;
    },
    read,
    usedBytes: () => current().share.usedBytes(),
    backup,
    close,
  };
}

function numberIn({ root }: Environment, name: string): number | null {
  const value = root.getBinary(Buffer.from(name));
  return value === undefined ? null : readNamedNumber(Buffer.from(value));
}

/** @throws StoreError `io` where the folder cannot be made or written to */
function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw systemFault(folder, "write to the data folder", error);
  }
}
