/** What a server must have for calls. */
export const extension = "stream";
