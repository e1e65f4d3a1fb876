import manifest from "../package.json" with { type: "json" };

/** The server's version. */
export const version: string = manifest.version;
