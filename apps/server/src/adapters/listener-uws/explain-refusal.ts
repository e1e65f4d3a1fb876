import { createServer } from "node:net";

/** Why an address cannot be listened on. The library only says no, so Node.js is asked for the same and gives a reason. */
export function explainRefusal(host: string, port: number): Promise<Error> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => resolve(new Error(`${host}:${port} was refused`)));
    });
  });
}
