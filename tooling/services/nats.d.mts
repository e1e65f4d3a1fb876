/** The path of a NATS server that is here already, `null` where there is none; `NATS` in the environment names another one. */
export declare function findNats(): string | null;
/** The path of a NATS server, fetched where it may be; `null` after saying what to install. */
export declare function ensureNats(): string | null;
