import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import type { End } from "./end.ts";

/** The streams that one client has open, by their ids on its connection. */
export interface ClientEnds {
  readonly byId: Map<number, End>;
  /** The id that the last stream opened to it got. */
  lastId: number;
  /** What it is to those whom it calls, `{app, client_id}`, raw in the codecs in which it was asked for. */
  readonly names: Map<Codec, Raw>;
}

/** The ends of all streams, by client. */
export interface EndTable {
  /** Of a client; made where it had none. */
  of(client: Client): ClientEnds;
  find(client: Client, id: number): End | undefined;
  /** How many a client has. */
  count(client: Client): number;
  add(end: End): void;
  remove(end: End): void;
  /** Forgets a client, and returns the ends that it had. */
  clear(client: Client): readonly End[];
  /** How many ends there are. */
  readonly size: number;
}

export function createEndTable(): EndTable {
  const clients = new Map<Client, ClientEnds>();
  let size = 0;

  function of(client: Client): ClientEnds {
    let ends = clients.get(client);
    if (ends === undefined) {
      ends = { byId: new Map(), lastId: 0, names: new Map() };
      clients.set(client, ends);
    }
    return ends;
  }

  return {
    of,
    find: (client, id) => clients.get(client)?.byId.get(id),
    count: (client) => clients.get(client)?.byId.size ?? 0,
    add(end) {
      of(end.client).byId.set(end.id, end);
      size++;
    },
    remove(end) {
      if (clients.get(end.client)?.byId.delete(end.id)) size--;
    },
    clear(client) {
      const ends = [...(clients.get(client)?.byId.values() ?? [])];
      clients.delete(client);
      size -= ends.length;
      return ends;
    },
    get size() {
      return size;
    },
  };
}

/** What a client is to those whom it calls, raw in their codec. */
export function nameOf({ names }: ClientEnds, client: Client, codec: Codec): Raw {
  let name = names.get(codec);
  if (name === undefined) {
    name = codec.encode({ app: client.application, client_id: client.id });
    names.set(codec, name);
  }
  return name;
}
