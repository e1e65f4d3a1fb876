export * from "./dispatch.ts";
export * from "./frame.ts";
export * from "./http.ts";
export * from "./metadata.ts";
export * from "./query.ts";
export * from "./queue.ts";
export * from "./queue-admin.ts";
export * from "./value.ts";
