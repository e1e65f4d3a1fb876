/** The path of an nginx that is here already, `null` where there is none; `NGINX` in the environment names another one. */
export declare function findNginx(): string | null;
/** The path of nginx, fetched where it may be; `null` after saying what to install. */
export declare function ensureNginx(): string | null;
