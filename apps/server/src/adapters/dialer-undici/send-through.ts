import type { Dispatcher } from "undici";
import type { AnswerHandlers, Reach, Sending, TargetRequest } from "../../ports/dialer.ts";
import { describeFailure } from "./failure.ts";
import type { TargetPool } from "./pools.ts";
import { readRawHeaders, writeRawHeaders } from "./raw-headers.ts";

/** Sends one request through a pool. */
export function sendThrough(target: TargetPool, request: TargetRequest, handlers: AnswerHandlers): Sending {
  let controller: Dispatcher.DispatchController | null = null;
  let reach: Reach = "nothing";
  let isOver = false;
  let hasReturned = false;
  let isPaused = false;

  function leave(): void {
    isOver = true;
    controller = null;
    target.leave();
  }

  function fail(error: Error): void {
    if (isOver) return;
    leave();
    handlers.failed(describeFailure(error, reach));
  }

  target.enter();
  target.pool.dispatch(
    {
      method: request.method,
      path: request.path,
      headers: writeRawHeaders(request.headers, request.length),
      // Typed without the iterables that it takes.
      body: request.body as Uint8Array | null,
    },
    {
      onRequestStart(started) {
        controller = started;
        // It is told so late that the request was called off meanwhile.
        if (isOver) return started.abort(calledOff());
        reach = "target";
        if (isPaused) started.pause();
      },
      onResponseStart(answered, status) {
        if (isOver || status < 200) return;
        reach = "answer";
        if (status > 599) answered.abort(new Error(`status ${status}`));
        else handlers.head(status, readRawHeaders(answered.rawHeaders as readonly Buffer[]));
      },
      onResponseData(_, chunk) {
        if (!isOver) handlers.data(chunk);
      },
      onResponseEnd() {
        if (isOver) return;
        leave();
        handlers.end();
      },
      onResponseError(_, error) {
        // What the library refuses to send it refuses at once.
        if (hasReturned) fail(error);
        else queueMicrotask(() => fail(error));
      },
    },
  );
  hasReturned = true;

  return {
    pause() {
      isPaused = true;
      controller?.pause();
    },
    resume() {
      isPaused = false;
      controller?.resume();
    },
    abort() {
      if (isOver) return;
      const started = controller;
      leave();
      started?.abort(calledOff());
    },
  };
}

const calledOff = (): Error => new Error("called off");
