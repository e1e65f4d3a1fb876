/** The path of a Redis that is here already, `null` where there is none; `REDIS` in the environment names another one. */
export declare function findRedis(): string | null;
/** The path of a Redis, installed where it may be; `null` after saying what to install. */
export declare function ensureRedis(): string | null;
