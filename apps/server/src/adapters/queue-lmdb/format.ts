/** The version of what is described in records.ts and environment.ts. */
export const formatVersion = 1;
/** Names of the numbers in the root tree. */
export const numberNames = { format: "format", lastSeq: "lastSeq" } as const;
