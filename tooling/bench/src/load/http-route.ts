import { type HttpClient, openHttpClient } from "./http-client.ts";

export interface HttpReport {
  readonly seconds: number;
  /** How long each request took, in microseconds, ascending. */
  readonly samples: Float64Array;
}

/** Clients that ask one server for the same thing, each on its own connection. */
export interface HttpRoute {
  /** Asks until all are answered, each client once at a time. */
  run(requests: number): Promise<HttpReport>;
  close(): void;
}

/** Opens the connections over which `request` is sent. */
export async function openHttpRoute(port: number, request: string, connections: number): Promise<HttpRoute> {
  const bytes = Buffer.from(request, "latin1");
  const clients = await Promise.all(Array.from({ length: connections }, () => openHttpClient(port, bytes)));

  function run(requests: number): Promise<HttpReport> {
    return new Promise((resolve, reject) => {
      const samples = new Float64Array(requests);
      let sent = 0;
      let done = 0;
      const started = performance.now();
      const ask = (client: HttpClient): void => {
        if (sent === requests) return;
        sent++;
        const from = performance.now();
        client.answered = () => {
          const now = performance.now();
          samples[done++] = (now - from) * 1000;
          if (done === requests) resolve({ seconds: (now - started) / 1000, samples: samples.sort() });
          else ask(client);
        };
        client.ask();
      };
      for (const client of clients) client.failed = reject;
      for (const client of clients) ask(client);
    });
  }

  return {
    run,
    close() {
      for (const client of clients) client.close();
    },
  };
}
