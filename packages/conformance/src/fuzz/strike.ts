import { codecs, type WireCodec } from "../codecs/index.ts";
import { greetedClient, identifyFrame } from "../identified.ts";
import type { Closed, Frame, RawClient } from "../raw-client.ts";
import type { RunningServer } from "../start-server.ts";
import type { Attack, Outcome } from "./attacks.ts";

/** Sends one hostile frame over a connection of its own and rejects where the answer is not what the protocol says. */
export async function strike(server: RunningServer, attack: Attack, id: string): Promise<void> {
  await using client = await greetedClient(server, { codec: lenient(codecs[attack.encoding]) });
  if (attack.identified) {
    client.send(identifyFrame(attack.application, id, { caps: attack.caps }));
    const ready = await client.next();
    if (ready.op !== 2) throw new Error(`expected ready, got op ${ready.op}`);
  }
  client.sendRaw(attack.data);
  const expected: readonly (Outcome | "broken")[] = attack.outcome === "either" ? ["fatal", "lives"] : [attack.outcome];
  const seen = await outcomeOf(client, attack.identified);
  if (!expected.includes(seen.outcome)) {
    throw new Error(`expected ${attack.outcome}, got ${seen.outcome} (${seen.how}) for ${describeData(attack.data)}`);
  }
}

async function outcomeOf(
  client: RawClient,
  identified: boolean,
): Promise<{ outcome: Outcome | "broken"; how: string }> {
  if (client.socket.readyState === client.socket.OPEN) client.send({ op: 5 });
  for (;;) {
    const came = await client.nextOrClosed();
    if (isEnd(came))
      return { outcome: came.code === 1009 || came.code === 1006 ? "oversize" : "broken", how: `${came.code}` };
    if (came.op === 6) return { outcome: "lives", how: "acknowledged" };
    // Before it has identified, a mutated identify may make it a client after all.
    if (came.op === 3 || came.op === 4 || came.op === -1 || (came.op === 2 && !identified)) continue;
    if (came.op !== 8) return { outcome: "broken", how: `op ${came.op}` };
    const { code } = await client.closed;
    return { outcome: code === 1000 ? "fatal" : "broken", how: `${came.d.code}, then ${code}` };
  }
}

function isEnd(came: Frame | Closed): came is Closed {
  return "reason" in came;
}

/** What comes back may hold things that only a library takes offence at, such as a key `__proto__` in msgpack. */
function lenient(codec: WireCodec): WireCodec {
  return {
    ...codec,
    decode(data) {
      try {
        return codec.decode(data);
      } catch {
        return { op: -1, d: null, ts: 0, t: null };
      }
    },
  };
}

function describeData(data: string | Buffer): string {
  const shown = typeof data === "string" ? JSON.stringify(data) : `base64 ${data.toString("base64")}`;
  return shown.length > 2000 ? `${shown.slice(0, 2000)}… (${data.length} long)` : shown;
}
