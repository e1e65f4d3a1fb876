import type { MetadataInput } from "../metadata/types.ts";

/** What is read from metadata that was declared as `M`. */
export type MetadataOf<M extends object> = M;

/** What may be set where metadata was declared as `M`. */
export type MetadataInputOf<M extends object> = M extends never ? never : MetadataInput;
