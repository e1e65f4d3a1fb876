/** What the package exports and its types leave out. */
import "uWebSockets.js";

declare module "uWebSockets.js" {
  /** No compression. */
  export const DISABLED: 0;
  /** Refuse to share a port that another process listens on. */
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: 1;
}
