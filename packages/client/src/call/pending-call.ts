import { quiet } from "../messaging/quiet.ts";
import type { Call, CallHeaders } from "./call.ts";
import { readHeaders } from "./callbacks.ts";
import { createInflow, type Inflow } from "./inflow.ts";
import { weigh } from "./payload-bytes.ts";

/** What a call needs of whoever carries it out. */
export interface Errand {
  /** What its reader gets of a payload; may throw. */
  read(payload: unknown): unknown;
  taken(count: number, soon: boolean): void;
  starved(): void;
  /** Nobody wants it any more. */
  cancel(reason: string | undefined, cause?: unknown): void;
  readonly hastyBytes: number;
}

/**
 * A call as its caller sees it. Allocates promises, buffers and readers when they are asked for: most calls are one message each
 * way. A class for its prototype: calls come by the thousand.
 */
export class PendingCall implements Call<unknown> {
  /** Whether a message came. */
  hasBegun = false;
  isOver = false;
  readonly #errand: Errand;
  #error: unknown = null;
  /** The payload of the last message, unread. */
  #last: unknown;
  #result: PromiseWithResolvers<unknown> | null = null;
  #inflow: Inflow | null = null;
  /** Whether somebody waits for the result alone; whoever iterates goes before. */
  #isAwaited = false;
  #isIterated = false;
  #skippedBytes = 0;
  #headers: CallHeaders | null = null;
  #trailers: CallHeaders | null = null;
  #waits: {
    readonly headers: PromiseWithResolvers<CallHeaders>;
    readonly trailers: PromiseWithResolvers<CallHeaders>;
  } | null = null;

  constructor(errand: Errand) {
    this.#errand = errand;
  }

  /** A message came that is not the last. */
  message(payload: unknown, headers: unknown): void {
    this.hasBegun = true;
    if (this.#headers === null) this.#setHeaders(headers);
    if (payload === undefined) return this.#errand.taken(1, true);
    this.#last = payload;
    if (this.#isAwaited && !this.#isIterated) return this.#skip(payload);
    this.#open().push(payload);
  }

  /** It is over, with a last message unless `payload` is undefined. */
  ended(payload: unknown, headers?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#headers === null) this.#setHeaders(null);
    this.#trailers = readHeaders(headers);
    this.#waits?.trailers.resolve(this.#trailers);
    if (payload !== undefined) this.#last = payload;
    if (this.#inflow !== null) {
      if (payload !== undefined) this.#inflow.push(payload);
      this.#inflow.end();
    }
    if (this.#result !== null) this.#settle(this.#result);
  }

  failed(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#error = error;
    this.#inflow?.fail(error);
    this.#result?.reject(error);
    this.#waits?.headers.reject(error);
    this.#waits?.trailers.reject(error);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, and has to know that it is awaited.
  then<A, B>(
    fulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise().then(fulfilled, rejected) as Promise<A | B>;
  }

  catch<B>(rejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<unknown> {
    return this.#promise().catch(rejected);
  }

  finally(done?: (() => void) | null): Promise<unknown> {
    return this.#promise().finally(done);
  }

  get headers(): Promise<CallHeaders> {
    return this.#waiting().headers.promise;
  }

  get trailers(): Promise<CallHeaders> {
    return this.#waiting().trailers.promise;
  }

  cancel(reason?: string): void {
    if (!this.isOver) this.#errand.cancel(reason);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<unknown, undefined> {
    this.#isIterated = true;
    return this.#open();
  }

  get [Symbol.toStringTag](): string {
    return "Call";
  }

  /** Takes a message that nobody reads. */
  #skip(payload: unknown): void {
    this.#skippedBytes += weigh(payload);
    const soon = this.#skippedBytes >= this.#errand.hastyBytes;
    if (soon) this.#skippedBytes = 0;
    this.#errand.taken(1, soon);
    if (!soon) this.#errand.starved();
  }

  #promise(): Promise<unknown> {
    if (this.#result === null) {
      this.#result = Promise.withResolvers<unknown>();
      this.#isAwaited = true;
      if (this.isOver) this.#settle(this.#result);
      else if (!this.#isIterated) this.#inflow?.drain();
    }
    return this.#result.promise;
  }

  #settle({ resolve, reject }: PromiseWithResolvers<unknown>): void {
    if (this.#error !== null) return reject(this.#error);
    try {
      resolve(this.#last === undefined ? undefined : this.#errand.read(this.#last));
    } catch (error) {
      reject(error);
    }
  }

  /** The messages; made when there is one to keep, or somebody to read them. */
  #open(): Inflow {
    if (this.#inflow !== null) return this.#inflow;
    const errand = this.#errand;
    const inflow = createInflow(
      {
        read: (payload) => errand.read(payload),
        taken: (count, soon) => errand.taken(count, soon),
        starved: () => errand.starved(),
        left: (error) => {
          if (!this.isOver) errand.cancel(error === undefined ? undefined : "a message could not be read", error);
        },
      },
      errand.hastyBytes,
    );
    this.#inflow = inflow;
    if (this.isOver) {
      if (this.#error !== null) inflow.fail(this.#error);
      else if (this.#last !== undefined) inflow.push(this.#last);
      inflow.end();
    }
    return inflow;
  }

  #setHeaders(headers: unknown): void {
    this.#headers = readHeaders(headers);
    this.#waits?.headers.resolve(this.#headers);
  }

  #waiting() {
    if (this.#waits !== null) return this.#waits;
    const waits = { headers: Promise.withResolvers<CallHeaders>(), trailers: Promise.withResolvers<CallHeaders>() };
    quiet(waits.headers.promise);
    quiet(waits.trailers.promise);
    if (this.#headers !== null) waits.headers.resolve(this.#headers);
    else if (this.#error !== null) waits.headers.reject(this.#error);
    if (this.#trailers !== null) waits.trailers.resolve(this.#trailers);
    else if (this.#error !== null) waits.trailers.reject(this.#error);
    this.#waits = waits;
    return waits;
  }
}
