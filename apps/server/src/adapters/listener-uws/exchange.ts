import type { HttpRequest, HttpResponse } from "uWebSockets.js";
import { type BodyPieces, createBodyPieces, noBody } from "../../kernel/body-pieces.ts";
import { createBlockPool } from "../../kernel/overflow.ts";
import { answerHeaders, findHeader, hasBody } from "../../kernel/request-head.ts";
import type { StallWatch, Transfer } from "../../kernel/stall-watch.ts";
import type { Asker } from "../../kernel/trusted-proxies.ts";
import type { Exchange, HeaderList, ResponseBody } from "../../ports/listener.ts";
import { reasonPhrase } from "./reason-phrase.ts";
import { createUwsResponseBody, type UwsResponseBody } from "./response-body.ts";
import { createChunkedWire, createSizedWire } from "./wire.ts";

/**
 * For what the library goes on to deliver of a connection that was paused: where one reading brought as much as it can, it
 * reads again at once, until there is less.
 */
const blocks = createBlockPool();

/** How often a socket that is paused is tried for room. */
const retryMs = 5;

/** What a request's head says, copied: the library's request is gone when its callback returns. */
export interface UwsRequestHead extends Asker {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
}

/** All headers of a request. */
export function readHeaders(req: HttpRequest): HeaderList {
  const headers: [string, string][] = [];
  req.forEach((name, value) => void headers.push([name, value]));
  return headers;
}

/**
 * A request as an {@link Exchange}. The body is taken from the first byte on, because later would be too late.
 *
 * The library reads chunks leniently: what it takes for the end of a chunked body another server may not. Nothing that
 * comes behind such a body is taken for a request: its answer is given in a later turn, until which the library ends a
 * connection that asks for more, and the connection ends with it.
 *
 * With TLS nothing is written while the library reads, for it would forget what it has yet to decrypt.
 */
export function createUwsExchange(
  res: HttpResponse,
  head: UwsRequestHead,
  stalls: StallWatch,
  isTls: boolean,
  onOverrun: () => void,
): Exchange {
  const { method, headers } = head;
  const isChunked = findHeader(headers, "transfer-encoding") !== undefined;
  const announcesBody = isChunked || findHeader(headers, "content-length") !== undefined;
  const pieces = announcesBody
    ? createBodyPieces({ pause: pauseBody, resume: resumeBody, overrun: cutBody }, blocks)
    : noBody;
  if (announcesBody) receive(res, pieces);
  const goneTasks: (() => void)[] = [];
  let isAnswered = false;
  /** The answer is complete or the peer gone: the library's object throws when it is touched. */
  let isOver = false;
  let hasGone = false;
  let answer: UwsResponseBody | null = null;
  let isRetryDue = false;

  const transfer: Transfer = {
    isPeersTurn: () => isOver || answer?.isBlocked || !(pieces.isComplete || pieces.isPaused),
    progressBytes: () => pieces.receivedBytes + (answer?.progressBytes ?? 0),
    keep: () => keepOpen(res, pieces.isPaused),
    cut: () => void res.close(),
  };

  /** A paused socket does not tell that there is room again either, so that is tried now and then. */
  function retryLater(): void {
    if (isRetryDue) return;
    isRetryDue = true;
    setTimeout(() => {
      isRetryDue = false;
      if (isOver || answer === null) return;
      if (answer.isBlocked) answer.retry();
      if (isOver) return;
      if (answer.isBlocked) retryLater();
      if (pieces.isPaused) res.pause();
      else res.resume();
    }, retryMs);
  }

  function pauseBody(): void {
    if (isOver) return;
    blocks.ready();
    res.pause();
    if (answer?.isBlocked) retryLater();
  }

  function resumeBody(): void {
    if (isOver) return;
    res.resume();
    if (answer?.isBlocked) retryLater();
  }

  function cutBody(): void {
    if (isOver) return;
    onOverrun();
    res.close();
  }

  /** Who still reads the body gets an error: the rest of it is not looked at. */
  function leaveBody(): void {
    pieces.drop();
    pieces.fail();
  }

  function finish(): void {
    isOver = true;
    stalls.remove(transfer);
    leaveBody();
  }

  res.onAborted(() => {
    const wasOver = isOver;
    finish();
    if (wasOver) return;
    hasGone = true;
    answer?.abandon();
    for (const task of goneTasks) task();
  });
  if (!pieces.isComplete) stalls.add(transfer);

  function writeHead(status: number, list: HeaderList): void {
    res.writeStatus(`${status} ${reasonPhrase(status)}`);
    for (const [name, value] of list) if (name.toLowerCase() !== "date") res.writeHeader(name, value);
  }

  /** Answers without a body. A length that is given to the library makes it wait for the body, so it is written here. */
  function endWithoutBody(status: number, list: HeaderList, length: number | null): void {
    res.cork(() => {
      writeHead(status, list);
      if (isChunked) return void res.endWithoutBody(0, true);
      if (length !== null && status !== 204) res.writeHeader("content-length", String(length));
      leaveBody();
      res.endWithoutBody();
    });
    finish();
  }

  function endWith(status: number, list: HeaderList, body: string | Uint8Array): void {
    if (isOver) return;
    if (!hasBody(method, status)) return endWithoutBody(status, list, Buffer.byteLength(body));
    res.cork(() => {
      writeHead(status, list);
      res.end(body, isChunked || !pieces.isComplete);
    });
    finish();
  }

  function openBody(status: number, list: HeaderList, length: number | null): ResponseBody {
    if (!hasBody(method, status)) return openBodyless(() => !isOver && endWithoutBody(status, list, length));
    const isEvents = list.some(([name, value]) => name === "content-type" && /^text\/event-stream\b/i.test(value));
    stalls.add(transfer);
    answer = createUwsResponseBody({
      res,
      wire:
        length === null || isChunked
          ? createChunkedWire(res, isEvents, isChunked, leaveBody)
          : createSizedWire(res, length, leaveBody),
      maxBytes: length ?? Number.POSITIVE_INFINITY,
      writesLater: isTls,
      writeHead() {
        writeHead(status, list);
        if (isChunked) res.writeHeader("connection", "close");
      },
      finished(isLingering) {
        isOver = true;
        if (!isLingering) stalls.remove(transfer);
      },
      cut: () => void res.close(),
      blocked() {
        if (!pieces.isPaused) return;
        res.pause();
        retryLater();
      },
    });
    return answer;
  }

  return {
    ...head,
    header: (name) => findHeader(headers, name),
    headers: () => headers,
    body: pieces.readAll,
    stream: pieces.stream,
    get gone() {
      return isOver;
    },
    onGone(task) {
      if (hasGone) task();
      else goneTasks.push(task);
    },
    respond(status, given, body) {
      if (isOver || isAnswered) return;
      const list = answerHeaders(given);
      isAnswered = true;
      if (isChunked || isTls) setImmediate(endWith, status, list, body);
      else endWith(status, list, body);
    },
    open(status, given, length) {
      if (isOver || isAnswered) return null;
      const list = answerHeaders(given);
      isAnswered = true;
      return openBody(status, list, length);
    },
  };
}

/** The body of an answer that has none. */
function openBodyless(answer: () => void): ResponseBody {
  setImmediate(answer);
  return { onDrain: null, write: () => true, end() {}, cut() {} };
}

/** Takes a request's body as it comes. */
function receive(res: HttpResponse, pieces: BodyPieces): void {
  // The library resumes with what it remembers of the last that was paused, so there has to be one.
  keepOpen(res, false);
  res.onData((chunk, isLast) => {
    if (chunk.byteLength > 0) pieces.copy(new Uint8Array(chunk));
    if (isLast) pieces.complete();
  });
}

/** Begins the library's own timeout anew, which is shorter than ours. */
function keepOpen(res: HttpResponse, isPaused: boolean): void {
  res.pause();
  if (!isPaused) res.resume();
}
