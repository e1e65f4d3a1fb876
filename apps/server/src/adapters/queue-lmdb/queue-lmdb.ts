import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { StoreError } from "../../kernel/store-error.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Change, QueueStore } from "../../ports/queue-store.ts";
import { backUp } from "./backup.ts";
import { sizeOfCommit } from "./commit-demand.ts";
import { explainCommitFailure } from "./commit-failure.ts";
import { createCommitPlanner } from "./commit-plan.ts";
import { type DiskRoom, openDiskRoom } from "./disk-room.ts";
import { createDiskShare, type Demand, type DiskShare } from "./disk-share.ts";
import { dataFileName, type Environment, openEnvironment } from "./environment.ts";
import { lockFolder, type Release } from "./folder-lock.ts";
import { formatVersion, numberNames } from "./format.ts";
import { readBodies } from "./read-bodies.ts";
import { namedNumber, readNamedNumber } from "./records.ts";
import { recoverAll } from "./recovery.ts";
import { createSeqSet } from "./seq-set.ts";
import { systemFault } from "./store-faults.ts";
import { syncPath } from "./sync-path.ts";
import { verifyDataFile } from "./verify-data-file.ts";

export interface LmdbQueueStoreOptions {
  /** Folder of the server's data, made where there is none: queues are in `queues` in it, backups in `backups`. */
  readonly folder: string;
  /** What the queues may take of the disk, backups left out. */
  readonly maxBytes: number;
  readonly logger?: Logger;
}

/** Taken beyond what is needed, so that not each commit asks for more. */
const extraBytes = 1024 * 1024;

/** What there is between opening and closing. */
interface Opened {
  /** `null` while it cannot be used: after a write that failed, until it is opened anew. */
  environment: Environment | null;
  readonly share: DiskShare;
  readonly room: DiskRoom;
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
  /** One after the other, like backups; after a commit that failed the environment is opened anew. */
  let commits: Promise<unknown> = Promise.resolve();
  let backups: Promise<unknown> = Promise.resolve();
  const reads = new Set<Promise<unknown>>();
  let reopening: Promise<void> = Promise.resolve();
  let broken = false;

  async function open(): Promise<void> {
    prepareFolder(folder);
    const release = await lockFolder(folder).catch((error) => {
      throw systemFault(folder, "lock the data folder", error);
    });
    let environment: Environment | null = null;
    let room: DiskRoom | null = null;
    try {
      const exists = await verifyDataFile(queues, join(queues, dataFileName));
      mkdirSync(queues, { recursive: true, mode: 0o700 });
      environment = openTrees();
      broken = false;
      moved = createSeqSet();
      planner = createCommitPlanner(moved);
      lastSeq = numberIn(environment, numberNames.lastSeq) ?? 0;
      if (numberIn(environment, numberNames.format) === null)
        await environment.root.put(Buffer.from(numberNames.format), namedNumber(numberNames.format, formatVersion));
      if (!exists) for (const path of [queues, folder]) await syncPath(path);
      room = await openDiskRoom(join(queues, dataFileName));
      opened = { environment, release, room, share: createDiskShare(maxBytes, environment) };
    } catch (error) {
      await room?.close();
      await environment?.root.close();
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
    if (broken) {
      reopening = reopen();
      await reopening;
    }
    const environment = environmentNow();
    const { demand, recordBytes } = sizeOfCommit(changes, environment.pageBytes);
    if (!share.admits(demand))
      throw new StoreError(
        "bound",
        `The queues in ${folder} take all of the ${maxBytes} bytes that they may (maxDiskBytes).`,
      );
    await makeRoom(demand);
    const plan = await planner.plan(changes, recordBytes, lastSeq);
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

  /** Takes what a commit needs of the disk, and more where it can: what only removes has to do with what is there. */
  async function makeRoom(demand: Demand): Promise<void> {
    const { share, room } = current();
    if (share.lengthFor(demand).amplyBytes <= room.bytes) return;
    share.usedBytes();
    const { leastBytes, amplyBytes } = share.lengthFor(demand);
    if (amplyBytes <= room.bytes) return;
    try {
      await room.extend(Math.min(maxBytes, amplyBytes + extraBytes));
    } catch (error) {
      if (!demand.appends && (leastBytes <= room.bytes || share.fitsInside(demand))) return;
      throw await explainCommitFailure(queues, error);
    }
  }

  /** After a write that failed, LMDB may refuse all others until it is opened anew. */
  async function reopen(): Promise<void> {
    await Promise.allSettled([backups, ...reads]);
    const store = current();
    const { environment } = store;
    store.environment = null;
    store.share.measureIn(null);
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

  async function backup(name: string): Promise<{ readonly path: string; readonly bytes: number }> {
    await reopening.catch(() => undefined);
    const { share } = current();
    share.pin();
    try {
      return await backUp(folder, environmentNow(), name);
    } finally {
      share.unpin();
    }
  }

  async function close(): Promise<void> {
    const store = opened;
    if (store === null) return;
    await Promise.allSettled([commits, backups, ...reads]);
    if (opened !== store) return;
    opened = null;
    await store.environment?.root.close();
    await store.room.close();
    await store.release();
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
    async read(seqs) {
      await reopening.catch(() => undefined);
      const reading = readBodies(queues, environmentNow, seqs);
      reads.add(reading);
      try {
        return await reading;
      } finally {
        reads.delete(reading);
      }
    },
    usedBytes: () => opened?.share.usedBytes() ?? 0,
    backup(name) {
      const done = backups.then(() => backup(name));
      backups = done.catch(() => undefined);
      return done;
    },
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
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw systemFault(folder, "write to the data folder", error);
  }
}

/** Makes a folder and those above it: Node.js's own way of doing both never ends where the system knows no such place (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
