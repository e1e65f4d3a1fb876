import { StoreError } from "../../kernel/store-error.ts";

/** What is on disk is not what was written: `detail` says where. */
export function damagedStore(folder: string, detail: string): StoreError {
  return new StoreError(
    "damaged",
    `The queues in ${folder} are damaged: ${detail}. Restore a backup: put its folder "queues" in the place of this one.`,
  );
}

/** What the system said while `doing`, such as "write to". */
export function systemFault(folder: string, doing: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reason =
    code === "EACCES" || code === "EPERM" || code === "EROFS" ? `${message}; check who may write there` : message;
  return new StoreError("io", `Cannot ${doing} ${folder}: ${reason}.`, error);
}
