import type { IncomingMessage, ServerResponse } from "node:http";
import { createBodyPieces } from "../../kernel/body-pieces.ts";
import { createBlockPool } from "../../kernel/overflow.ts";
import { answerHeaders, findHeader, hasBody } from "../../kernel/request-head.ts";
import type { StallWatch, Transfer } from "../../kernel/stall-watch.ts";
import type { Asker } from "../../kernel/trusted-proxies.ts";
import type { Exchange, HeaderList } from "../../ports/listener.ts";
import { createNodeResponseBody } from "./response-body.ts";

/** All headers of a request. Node.js reads their bytes as Latin-1; clients write UTF-8. */
export function readHeaders({ rawHeaders }: IncomingMessage): HeaderList {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([rawHeaders[i]!.toLowerCase(), Buffer.from(rawHeaders[i + 1]!, "latin1").toString("utf8")]);
  }
  return headers;
}

/** Hardly used: a stream that is paused brings nothing. */
const blocks = createBlockPool();

/** A `node:http` request as an {@link Exchange}. */
export function createNodeExchange(
  req: IncomingMessage,
  res: ServerResponse,
  headers: HeaderList,
  asker: Asker,
  stalls: StallWatch,
): Exchange {
  const [path, query] = splitOnce(req.url ?? "/", "?");
  const { socket } = req;
  const pieces = createBodyPieces(
    { pause: () => void req.pause(), resume: () => void req.resume(), overrun: () => req.destroy() },
    blocks,
  );
  const goneTasks: (() => void)[] = [];
  let isAnswered = false;
  let isOver = false;
  let hasGone = false;

  const transfer: Transfer = {
    isPeersTurn: () => res.writableNeedDrain || res.writableEnded || !(pieces.isComplete || pieces.isPaused),
    progressBytes: () => pieces.receivedBytes + socket.bytesWritten - socket.writableLength,
    keep() {},
    cut: () => void socket.destroy(),
  };

  function leaveBody(): void {
    pieces.drop();
    pieces.fail();
  }

  req.on("data", (chunk: Buffer) => pieces.put(chunk));
  req.on("end", pieces.complete);
  req.on("error", leaveBody);
  res.on("error", () => {});
  res.on("close", () => {
    stalls.remove(transfer);
    isOver = true;
    leaveBody();
    if (res.writableFinished) return;
    hasGone = true;
    for (const task of goneTasks) task();
  });
  stalls.add(transfer);

  /** Begins an answer. A body that was not read to its end leaves the connection unusable for a next request. */
  function writeHead(status: number, list: HeaderList, length: number | null): void {
    if (!req.complete) res.shouldKeepAlive = false;
    const raw = list.flatMap(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]);
    if (length !== null && status !== 204) raw.push("content-length", String(length));
    res.writeHead(status, raw);
  }

  return {
    ...asker,
    method: req.method ?? "GET",
    path,
    query,
    header: (name) => findHeader(headers, name),
    headers: () => headers,
    body: pieces.readAll,
    stream: pieces.stream,
    get gone() {
      return isOver || res.writableEnded || res.destroyed;
    },
    onGone(task) {
      if (hasGone) task();
      else goneTasks.push(task);
    },
    respond(status, given, body) {
      if (isAnswered || isOver || res.destroyed) return;
      writeHead(status, answerHeaders(given), Buffer.byteLength(body));
      isAnswered = true;
      if (hasBody(req.method ?? "GET", status)) res.end(body);
      else res.end();
    },
    open(status, given, length) {
      if (isAnswered || isOver || res.destroyed) return null;
      writeHead(status, answerHeaders(given), length);
      isAnswered = true;
      if (hasBody(req.method ?? "GET", status)) return createNodeResponseBody(res, length ?? Number.POSITIVE_INFINITY);
      res.end();
      return { onDrain: null, write: () => true, end() {}, cut() {} };
    },
  };
}

export function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
