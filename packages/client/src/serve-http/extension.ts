/** What a server must have for requests over the connection. */
export const extension = "http";
