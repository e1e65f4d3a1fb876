import { SingyeongError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import type { IncomingCall as Call, CallHeaders } from "./call.ts";
import type { CallDelivery } from "./call-delivery.ts";
import { readHeaders } from "./callbacks.ts";
import type { Check } from "./checks.ts";
import { type AbortBody, callFailure, formatThrown, passAbort } from "./failure.ts";
import { createInflow, type Inflow } from "./inflow.ts";
import { type PayloadForm, plainForm } from "./payload-codecs.ts";
import { createPump, messagesOf, type Pump } from "./pump.ts";
import type { Owner, Stream } from "./stream.ts";
import type { Streams } from "./streams.ts";

/** Whatever has calls at work. */
export interface Served {
  /** One of them is no longer. */
  done(): void;
}

export interface CalleeParts {
  readonly platform: Platform;
  readonly streams: Streams;
  /** Reports a handler's mistake. */
  failed(thrown: unknown, method: string): void;
  /** A call is no longer at work. */
  done(call: IncomingCall): void;
}

/** A call that came, as its handler sees it and as what befalls it. A class for its prototype: calls come by the thousand. */
export class IncomingCall implements Call, Owner {
  input: unknown;
  readonly delivery: CallDelivery;
  stream: Stream = null as never;
  form: PayloadForm = plainForm;
  /** What it is a call of; `null` before that is known. */
  served: Served | null = null;
  checkInput: Check | null = null;
  checkOutput: Check | null = null;
  readonly #parts: CalleeParts;
  readonly #endMs: number;
  #headers: CallHeaders | null = null;
  #controller: AbortController | null = null;
  /** Why nobody waits for it any more. */
  #lost: SingyeongError | null = null;
  #inflow: Inflow | null = null;
  #pump: Pump | null = null;
  #answerHeaders: CallHeaders | undefined;
  #trailers: CallHeaders | undefined;
  #isDone = false;

  constructor(parts: CalleeParts, delivery: CallDelivery) {
    this.#parts = parts;
    this.delivery = delivery;
    const { deadlineMs } = delivery;
    this.#endMs = deadlineMs === null ? 0 : parts.platform.elapsedMs() + deadlineMs;
    if (!delivery.end) {
      this.#inflow = this.#createInflow();
      if (delivery.payload !== undefined) this.#inflow.push(delivery.payload);
    }
  }

  get method(): string {
    return this.delivery.method;
  }

  get from(): CallDelivery["from"] {
    return this.delivery.from;
  }

  get codec(): string | null {
    return this.delivery.codec;
  }

  get headers(): CallHeaders {
    this.#headers ??= readHeaders(this.delivery.headers);
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#lost !== null) this.#controller.abort(this.#lost);
    }
    return this.#controller.signal;
  }

  get deadlineMs(): number | null {
    if (this.delivery.deadlineMs === null) return null;
    return Math.max(0, Math.ceil(this.#endMs - this.#parts.platform.elapsedMs()));
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  // What handlers call is theirs to take apart: `(input, { messages }) => …`.
  get messages(): Call["messages"] {
    return () => this.#messages();
  }

  get setHeaders(): Call["setHeaders"] {
    return (headers) => {
      this.#answerHeaders = headers;
    };
  }

  get setTrailers(): Call["setTrailers"] {
    return (headers) => {
      this.#trailers = headers;
    };
  }

  #messages(): AsyncIterableIterator<unknown, undefined> {
    if (this.#inflow === null) {
      this.#inflow = createInflow({ read: (value) => value, taken() {}, starved() {}, left() {} }, 1);
      if (this.input !== undefined) this.#inflow.push(this.input);
      this.#inflow.end();
    }
    return this.#inflow;
  }

  /** Refuses it before anything was done. */
  reject(body: AbortBody): void {
    this.#parts.streams.abort(this.stream, { ...body, delivered: false });
    this.#finish();
  }

  /** The same, for what was thrown before a handler began. */
  refuse(thrown: unknown): void {
    this.reject(formatThrown(thrown));
  }

  /** What the handler returned. */
  answer(result: unknown): void {
    if (this.#isDone) return;
    try {
      const messages = messagesOf(result);
      if (messages === null) this.#end(result);
      else {
        this.#pump = createPump(messages, this.#sink());
        if (this.#lost !== null) this.#abandon();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** What the handler threw, or what it returned cannot be sent. */
  fail(thrown: unknown): void {
    if (this.#isDone) return;
    // What was given up because nobody waits for it is no mistake of the handler's.
    if (this.#lost === null) {
      this.#parts.streams.abort(this.stream, formatThrown(thrown));
      if (!(thrown instanceof SingyeongError)) this.#parts.failed(thrown, this.method);
    }
    this.#finish();
  }

  /** What it was passed on to has failed. */
  failedElsewhere(error: SingyeongError): void {
    this.#pump?.stop();
    if (this.#lost === null) this.#parts.streams.abort(this.stream, passAbort(error));
    this.#finish();
  }

  /** Nobody begins with it: it was lost before. */
  leave(): void {
    this.#finish();
  }

  message(payload: unknown): void {
    // Whoever still sends has not heard yet that this side has ended.
    if (this.#isDone) return;
    if (payload === undefined) this.#parts.streams.taken(this.stream, 1, true);
    else this.#inflow!.push(payload);
  }

  ended(payload: unknown): void {
    if (this.#inflow === null) return;
    if (payload !== undefined) this.#inflow.push(payload);
    this.#inflow.end();
  }

  aborted(error: SingyeongError): void {
    this.#lost = error;
    this.#inflow?.fail(error);
    this.#controller?.abort(error);
    if (this.#pump !== null) this.#abandon();
  }

  room(): void {
    this.#pump?.room();
  }

  #createInflow(): Inflow {
    const { streams } = this.#parts;
    return createInflow(
      {
        read: (payload) => {
          const value = this.form.read(payload);
          return this.checkInput === null ? value : this.checkInput(value);
        },
        taken: (count, soon) => streams.taken(this.stream, count, soon),
        starved: () => streams.starved(this.stream),
        left: () => {},
      },
      streams.hastyBytes,
    );
  }

  #sink() {
    const { streams } = this.#parts;
    return {
      maySend: () => streams.maySend(this.stream),
      send: (value: unknown) => {
        streams.send(this.stream, this.#format(value ?? null), this.#takeHeaders());
      },
      end: (value: unknown) => this.#end(value),
      failed: (error: unknown) => this.fail(error),
    };
  }

  #format(value: unknown): unknown {
    this.checkOutput?.(value);
    return this.form.write(value);
  }

  #takeHeaders(): CallHeaders | undefined {
    const headers = this.#answerHeaders;
    this.#answerHeaders = undefined;
    return headers;
  }

  #end(result: unknown): void {
    const { streams } = this.#parts;
    if (this.#lost === null) {
      const payload = result === undefined ? undefined : this.#format(result);
      let trailers = this.#trailers;
      const headers = this.#takeHeaders();
      if (headers !== undefined) {
        if (streams.maySend(this.stream)) streams.send(this.stream, undefined, headers);
        else trailers = { ...headers, ...trailers };
      }
      streams.end(this.stream, payload, trailers);
    }
    this.#finish();
  }

  #abandon(): void {
    this.#pump!.stop();
    this.#finish();
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#inflow?.fail(callFailure("client/closed", "the call was answered", true));
    this.#parts.done(this);
  }
}
