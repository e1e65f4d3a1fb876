import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodings } from "../src/codecs/index.ts";
import { eachListener } from "../src/each-listener.ts";
import { ask } from "../src/http.ts";
import { type IdentifiedClient, identifiedClient } from "../src/identified.ts";

interface Vectors {
  readonly clients: readonly {
    readonly client_id: string;
    readonly application_id: string;
    readonly namespace?: string;
    readonly metadata: Readonly<Record<string, unknown>>;
  }[];
  readonly cases: readonly {
    readonly name: string;
    readonly query: Readonly<Record<string, unknown>>;
    readonly expect: readonly string[] | "invalid";
  }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("../vectors/queries.json", import.meta.url), "utf8"));

eachListener("the query language", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    const clients = new Map<string, IdentifiedClient>();
    let sender: IdentifiedClient;

    beforeAll(async () => {
      for (const { client_id: id, application_id: application, ...identify } of vectors.clients) {
        clients.set(id, await identifiedClient(server(), { encoding, application, id, identify }));
      }
      sender = await identifiedClient(server(), { encoding, application: "sender" });
    });
    afterAll(async () => {
      for (const client of [...clients.values(), sender]) await client.close();
    });

    /** Who has got the message with that nonce; everyone else is shown to have got nothing. */
    async function receiversOf(nonce: string): Promise<string[]> {
      const receivers: string[] = [];
      for (const [id, client] of clients) {
        client.send({ op: 5 });
        let frame = await client.next();
        if (frame.op === 4) {
          expect(frame.d).toEqual({ nonce, payload: { text: nonce }, target: null });
          receivers.push(id);
          frame = await client.next();
        }
        expect(frame.op).toBe(6);
      }
      return receivers.sort();
    }

    for (const { name, query: written, expect: expected } of vectors.cases) {
      // The vectors were written down with clients that speak JSON.
      const query =
        name === "base metadata: encoding" ? JSON.parse(JSON.stringify(written).replace("json", encoding)) : written;

      if (expected === "invalid") {
        test(`${name}: is refused with the place of the mistake`, async () => {
          const mistake = {
            at: expect.stringMatching(/^(\/|$)/),
            rule: expect.any(String),
            message: expect.any(String),
          };
          sender.dispatch("QUERY_NODES", query);
          const refusal = await sender.next();
          expect(refusal).toMatchObject({ op: 3, d: { error: "invalid query", code: "query/invalid" } });
          const within = { ...mistake, at: expect.stringMatching(/^\/d(\/|$)/) };
          expect(refusal.d.extra_info).toEqual(within);
          for (const event of ["SEND", "BROADCAST"]) {
            sender.dispatch(event, { target: query, nonce: name, payload: null });
            const at = expect.stringMatching(/^\/d\/target(\/|$)/);
            expect(await sender.next()).toMatchObject({
              op: 3,
              d: { code: "query/invalid", nonce: name, extra_info: { ...mistake, at } },
            });
          }
          const answer = await ask(server(), "POST", "/api/v1/query", { body: query });
          expect(answer.status).toBe(400);
          expect(answer.json).toEqual({ error: "invalid query", code: "query/invalid", extra_info: mistake });
          expect(await receiversOf(name)).toEqual([]);
        });
        continue;
      }

      test(`${name}: QUERY_NODES and POST /api/v1/query list them`, async () => {
        sender.dispatch("QUERY_NODES", query);
        const { d } = await sender.next();
        const listed = d.nodes.map((node: { client_id: string }) => node.client_id);
        expect(listed.sort()).toEqual([...expected].sort());
        const answer = await ask(server(), "POST", "/api/v1/query", { body: query });
        expect(answer.json.map((node: { client_id: string }) => node.client_id).sort()).toEqual(listed);
      });

      test(`${name}: BROADCAST reaches all of them, SEND one`, async () => {
        for (const event of ["BROADCAST", "SEND"]) {
          const nonce = `${event} ${name}`;
          sender.dispatch(event, { target: query, nonce, payload: { text: nonce } });
          if (expected.length === 0)
            expect(await sender.next()).toMatchObject({ op: 3, d: { error: "no_route", nonce } });
          await sender.settle();
          const receivers = await receiversOf(nonce);
          if (event === "BROADCAST") expect(receivers).toEqual([...expected].sort());
          else expect(receivers).toHaveLength(Math.min(1, expected.length));
          expect(expected).toEqual(expect.arrayContaining(receivers));
        }
      });
    }
  });
});
