/** What a server must have for topics. */
export const extension = "topic";
