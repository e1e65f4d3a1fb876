import type { HookResponse } from "../ports/hooks.ts";
import type { Exchange, HeaderList, ResponseBody } from "../ports/listener.ts";
import { corsHeaders } from "./cors.ts";
import type { Answered } from "./route.ts";

/** Sends what a plugin answered, its body as it comes and as fast as the peer takes it. */
export async function answerPlugin(
  exchange: Exchange,
  { status, headers, body }: HookResponse,
  origins: readonly string[],
): Promise<Answered> {
  const all = withCors(exchange, headers, origins);
  if (body === null) {
    exchange.respond(status, withoutFraming(all), "");
    return { answered: status };
  }
  const out = exchange.open(status, withoutFraming(all), readLength(headers));
  const reader = body.getReader();
  const giveUp = (): void => void reader.cancel().catch(() => {});
  if (out === null || exchange.method === "HEAD") {
    giveUp();
    out?.end();
    return { answered: status };
  }
  const drained = awaitDrain(exchange, out);
  exchange.onGone(giveUp);
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (!out.write(toBytes(piece.value))) await drained();
    }
    if (!exchange.gone) out.end();
  } catch {
    // The plugin's stream failed half-way, and the peer is to see that.
    giveUp();
    out.cut();
  }
  return { answered: status };
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError("a stream of a response is one of bytes");
}

/** Resolves when more may be written, and where nobody waits for more. */
function awaitDrain(exchange: Exchange, out: ResponseBody): () => Promise<void> {
  let wake = (): void => {};
  out.onDrain = () => wake();
  exchange.onGone(() => wake());
  return () =>
    new Promise((resolve) => {
      wake = resolve;
      if (exchange.gone) resolve();
    });
}

/** What is about the connection and not about the answer; the listener sets it. */
const framing: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function withoutFraming(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !framing.has(name));
}

function readLength(headers: HeaderList): number | null {
  const text = headers.find(([name]) => name === "content-length")?.[1];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Which pages may read an answer is up to this server. */
function withCors(exchange: Exchange, headers: HeaderList, origins: readonly string[]): HeaderList {
  const own = corsHeaders(exchange, origins);
  return [...headers.filter(([name]) => name === "vary" || !Object.hasOwn(own, name)), ...Object.entries(own)];
}
