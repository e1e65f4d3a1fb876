/** What clients need whose `auth` is a function; loaded with the first of them. */
export { askToken } from "../options/ask-token.ts";
export { renewToken } from "./renew-token.ts";
