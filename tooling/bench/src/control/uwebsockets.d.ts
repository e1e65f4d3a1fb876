/** What the package exports and its types leave out. */
import "uWebSockets.js";

declare module "uWebSockets.js" {
  /** No compression. */
  export const DISABLED: 0;
}
