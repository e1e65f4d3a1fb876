import {
  type Client,
  type ConnectOptions,
  connect,
  type Status,
  type StatusOf,
  type StatusType,
} from "@singyeong/client";

/** Attempts that follow each other closely: scenarios break connections often, and wait for each to come back. */
const soon = { minDelayMs: 1, maxDelayMs: 20 };

/** A client of the application `desk`. */
export function join(servers: string | readonly string[], id: string, options: ConnectOptions = {}): Promise<Client> {
  return connect({ servers, app: "desk", id, reconnect: soon, ...options });
}

/** Who `id` is, as a query. */
export function only(id: string) {
  return { application: "desk", ops: [{ path: "/who", op: "$eq", to: { value: id } }] } as const;
}

/** The next status of a type. Ask before you cause it. */
export function next<T extends StatusType>(client: Client, type: T): Promise<StatusOf<T>> {
  return new Promise((resolve) => {
    const off = client.on(type, (status) => {
      off();
      resolve(status);
    });
  });
}

/** Collects what happens to a client until it is closed. */
export function record(client: Client): readonly Status[] {
  const statuses: Status[] = [];
  void (async () => {
    for await (const status of client.status()) statuses.push(status);
  })();
  return statuses;
}
