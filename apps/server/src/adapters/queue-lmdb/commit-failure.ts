import { statfsSync } from "node:fs";
import { constants } from "node:os";
import { StoreError } from "../../kernel/store-error.ts";

const { ENOSPC, EDQUOT, EFBIG } = constants.errno;
/** A disk with less room than this is full, whatever the error was called: a write cut short is just an EIO. */
const leastFreeBytes = 1024 * 1024;

/** Why LMDB did not commit: what it rejects with says so only in a promise of its own. */
export async function explainCommitFailure(folder: string, error: unknown): Promise<StoreError> {
  const cause = await rootCause(error);
  const { code, errno } = cause as { readonly code?: unknown; readonly errno?: number };
  // LMDB says it by number, Node.js by name and minus the number.
  const number = typeof code === "number" ? code : -(errno ?? 0);
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (number === ENOSPC || number === EDQUOT || number === EFBIG || isFull(folder))
    return new StoreError("full", `The disk of the queues in ${folder} is full (${reason}): make room on it.`, cause);
  return new StoreError("io", `Cannot write to the queues in ${folder}: ${reason}.`, cause);
}

async function rootCause(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  if (commitError === undefined) return error;
  return commitError.then(
    () => error,
    (cause: unknown) => cause,
  );
}

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastFreeBytes;
  } catch {
    return false;
  }
}
