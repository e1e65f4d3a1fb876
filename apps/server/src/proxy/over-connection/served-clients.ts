import { defaultCredit } from "@singyeong/protocol";
import type { Clock } from "../../ports/clock.ts";
import type { AnswerHandlers, Sending, TargetFailure, TargetRequest } from "../../ports/dialer.ts";
import type { Client } from "../../registry/client.ts";
import type { StreamFailure, StreamSink } from "../../stream/sink.ts";
import type { Streams } from "../../stream/streams.ts";
import type { ServedClients } from "../target.ts";
import { badResponse, createAnswer } from "./answer.ts";
import type { HttpServers } from "./http-servers.ts";
import { type RequestBody, sendBody } from "./request-body.ts";
import { createReturns } from "./returns.ts";

/** The method of the calls by which requests come to clients. */
const method = "http";

export interface ServedClientsOptions {
  readonly servers: HttpServers;
  readonly streams: Pick<Streams, "openTo">;
  readonly clock: Clock;
  /** Bytes of one stream that may be under way. */
  readonly maxStreamBytes: number;
}

/** Requests to clients over their connections (docs/protocol/serve-http.md). */
export function createServedClients({ servers, streams, clock, maxStreamBytes }: ServedClientsOptions): ServedClients {
  function send(client: Client, request: TargetRequest, handlers: AnswerHandlers): Sending {
    const answer = createAnswer(request.method, client.codec, handlers);
    let body: RequestBody | null = null;
    let isOver = false;
    let hasReturned = false;

    function fail(failure: TargetFailure): void {
      if (isOver) return;
      // Nothing is told before `send` has returned.
      if (!hasReturned) return void clock.after(0, () => fail(failure));
      isOver = true;
      body?.stop();
      handlers.failed(failure);
    }

    const sink: StreamSink = {
      message(message) {
        if (isOver) return;
        const failure = answer.take(message);
        if (failure !== null) {
          stream?.abort("proxy/bad-response", failure.reason);
          fail(failure);
        } else if (message.end) finish();
        else returns?.came(message);
      },
      room: () => body?.room(),
      aborted: (failure) => fail(describe(failure)),
    };

    /** The answer is whole; what was not read of the request is not wanted. */
    function finish(): void {
      isOver = true;
      if (body === null || body.isSent) return;
      body.stop();
      stream?.abort("stream/cancelled", "answered before all of the request was sent");
    }

    function describe({ code, delivered }: StreamFailure): TargetFailure {
      if (answer.hasBegun) return { code: "proxy/unreachable", reason: `:${code}`, reach: "answer" };
      const isUntouched = !delivered && !(request.body !== null && Symbol.asyncIterator in request.body);
      const reach = isUntouched ? "nothing" : "target";
      const isOurs = !delivered || code === "stream/peer-lost" || code === "limit/slow-consumer";
      return isOurs ? { code: "proxy/unreachable", reason: `:${code}`, reach } : badResponse(`:${code}`, reach);
    }

    const stream = open(client, request, sink);
    const returns = stream && createReturns(stream, maxStreamBytes);
    if (stream === null) {
      fail({ code: "proxy/unreachable", reason: ":stream/too-many", reach: "nothing" });
    } else if (request.body !== null) {
      body = sendBody(stream, client.codec, request.body, () => {
        stream.abort("stream/cancelled", "the request ended too early");
        fail({ code: "proxy/unreachable", reason: ":request-ended", reach: answer.hasBegun ? "answer" : "target" });
      });
    }

    hasReturned = true;
    return {
      pause: () => returns?.pause(),
      resume: () => returns?.resume(),
      abort() {
        if (isOver) return;
        isOver = true;
        body?.stop();
        stream?.abort("stream/cancelled", "nobody waits for the answer any more");
      },
    };
  }

  function open(client: Client, { method: verb, path, headers, body, length }: TargetRequest, sink: StreamSink) {
    const fields = length === null ? headers : [...headers, ["content-length", String(length)] as const];
    const payload = client.codec.encode({ method: verb, path, headers: fields });
    const call = { method, payload, end: body === null, credit: defaultCredit };
    return streams.openTo(client, call, sink);
  }

  return {
    find: (client) =>
      servers.serves(client) && client.membership !== null
        ? { send: (request, handlers) => send(client, request, handlers) }
        : null,
  };
}
