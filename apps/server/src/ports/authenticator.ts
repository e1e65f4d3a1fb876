/** How far a peer is trusted. */
export type Trust = "full" | "restricted";

/** Decides by password who is trusted. An empty or absent password is `null`. */
export interface Authenticator {
  /** A client that identifies: one that is not trusted fully is let in restricted. */
  identify(password: string | null): Trust;
  /** A caller over HTTP: `false` is answered with 401. */
  authorize(password: string | null): boolean;
}
