/** What is shown in the place of a password. */
export const hidden = "********";

/** An address without the password that a DSN may hold. */
export function maskServer(server: string): string {
  return server.replace(/^(\w+:\/\/[^:/?#]*):.*@/, `$1:${hidden}@`);
}
