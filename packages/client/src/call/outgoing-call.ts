import { SingyeongError } from "../errors.ts";
import type { Deadlines, Timed } from "../messaging/deadlines.ts";
import { aborted } from "../messaging/quiet.ts";
import type { Platform } from "../platform/platform.ts";
import type { Target } from "../query/query.ts";
import type { Handler } from "./call.ts";
import type { ReadCallOptions } from "./call-options.ts";
import { callbacksHeader, liftCallbacks } from "./callbacks.ts";
import type { Check } from "./checks.ts";
import { asDelivered, callFailure, failureOf, inputFailure } from "./failure.ts";
import type { PayloadForm } from "./payload-codecs.ts";
import { type Errand, PendingCall } from "./pending-call.ts";
import { createPump, messagesOf, type Pump } from "./pump.ts";
import { mayRepeat, pauseMs } from "./retry.ts";
import type { CallFields, Owner, Stream } from "./stream.ts";
import type { Streams } from "./streams.ts";

/** Who is told what becomes of a call. */
export interface Listener {
  readonly hasBegun: boolean;
  message(payload: unknown, headers: unknown): void;
  ended(payload: unknown, headers: unknown): void;
  failed(error: unknown): void;
}

/** A call as it was asked for. */
export interface CallRequest {
  /** Whom it is for; `null` for the other end of `over`. */
  readonly target: Target<never> | null;
  readonly over: Stream | null;
  readonly method: string;
  readonly input: unknown;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly options: ReadCallOptions;
  readonly form: PayloadForm;
  /** What was declared about the method. */
  readonly checkInput: Check | null;
  readonly checkResult: Check | null;
}

export interface CallerParts {
  readonly platform: Platform;
  readonly streams: Streams;
  readonly deadlines: Deadlines<OutgoingCall>;
}

/** Messages that may wait to be read, unless the caller says otherwise. */
const usualWindow = 256;

/** The server ends calls at their deadline. So much later the client does itself, in milliseconds. */
const deadlineSlackMs = 250;

/** Stands for a payload that was not sent but made here: it is read as it is. */
export class Replaced {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A call on its way, and what befalls it. A class for its prototype: calls come by the thousand. */
export class OutgoingCall implements Errand, Owner, Timed {
  deadlineMs = Number.POSITIVE_INFINITY;
  /** The call as its caller has it. */
  readonly call: PendingCall;
  readonly #parts: CallerParts;
  readonly options: ReadCallOptions;
  #request: CallRequest | null = null;
  #listener: Listener | null = null;
  #stream: Stream | null = null;
  #pump: Pump | null = null;
  /** Nothing more is done: it failed on this side. */
  #isOver = false;
  #attempt = 1;
  /** An attempt that failed may have been carried out. */
  #mayBeDone = false;
  #onAbort: (() => void) | null = null;

  constructor(parts: CallerParts, options: ReadCallOptions) {
    this.#parts = parts;
    this.options = options;
    this.call = new PendingCall(this);
  }

  /** What it goes over; `null` while nothing was sent, and once it is over. */
  get stream(): Stream | null {
    return this.#stream;
  }

  get hastyBytes(): number {
    return this.#parts.streams.hastyBytes;
  }

  /** Watches over signal and deadline until the call is over; false where it is over now. */
  watch(): boolean {
    const { signal, deadlineMs } = this.options;
    if (signal !== undefined) {
      if (signal.aborted) {
        this.#giveUp(failureOf(aborted(signal), false));
        return false;
      }
      this.#onAbort = () => this.#giveUp(failureOf(aborted(signal), this.#wasWritten));
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    if (deadlineMs !== undefined) {
      this.deadlineMs = this.#parts.platform.elapsedMs() + deadlineMs + deadlineSlackMs;
      this.#parts.deadlines.add(this);
    }
    return true;
  }

  /** Sends it, once more where what was sent before has come to its end. `listener` is told what becomes of it. */
  start(listener: Listener, request: CallRequest): void {
    if (this.#isOver) return listener.failed(callFailure("client/aborted", "the call is over", false));
    if (this.#listener !== null) {
      return listener.failed(new SingyeongError("client/invalid-value", "the call is under way already"));
    }
    this.#listener = listener;
    this.#request = request;
    this.#open();
  }

  /** It cannot be sent. */
  fail(error: unknown): void {
    this.#giveUp(error instanceof SingyeongError ? failureOf(error, false) : error);
  }

  /** Its deadline has passed, and the server has not said so. */
  expired(): void {
    this.#giveUp(callFailure("stream/deadline", "not done in time", this.#wasWritten), "stream/deadline");
  }

  read(payload: unknown): unknown {
    if (payload instanceof Replaced) return payload.value;
    const { form, checkResult } = this.#request!;
    const value = form.read(payload);
    return checkResult === null ? value : checkResult(value);
  }

  taken(count: number, soon: boolean): void {
    if (this.#stream !== null) this.#parts.streams.taken(this.#stream, count, soon);
  }

  starved(): void {
    if (this.#stream !== null) this.#parts.streams.starved(this.#stream);
  }

  cancel(reason = "the caller has lost interest", cause?: unknown): void {
    const error = cause ?? callFailure("client/aborted", reason, this.#wasWritten);
    this.#giveUp(error, "stream/cancelled", reason);
  }

  message(payload: unknown, headers: unknown): void {
    this.#listener!.message(payload, headers);
  }

  ended(payload: unknown, headers: unknown): void {
    this.#pump?.stop();
    this.#parts.streams.end(this.#stream!);
    const listener = this.#release();
    listener?.ended(payload, headers);
    this.#rest();
  }

  aborted(error: SingyeongError): void {
    this.#pump?.stop();
    if (!this.#mayRepeat(error)) return this.#failed(this.#mayBeDone ? asDelivered(error) : error);
    if (error.delivered !== false) this.#mayBeDone = true;
    this.#stream = null;
    const { platform } = this.#parts;
    platform.after(pauseMs(this.#attempt++, platform.random()), () => this.#open());
  }

  room(): void {
    this.#pump?.room();
  }

  get #wasWritten(): boolean {
    return this.#mayBeDone || (this.#stream !== null && this.#stream.link !== null);
  }

  #open(): void {
    if (this.#isOver) return;
    const { streams } = this.#parts;
    const { target, over, input, checkInput, options } = this.#request!;
    const messages = messagesOf(input);
    try {
      if (over?.isOver) throw callFailure("route/no-match", "the call of this callback is over", false);
      if (messages !== null && (options.retry?.attempts ?? 1) > 1) throw notTwice();
      if (messages === null) checkInput?.(input);
      const { fields, functions } = this.#format(messages === null);
      const { credit = usualWindow } = options;
      this.#stream = streams.open(fields, target, credit, over, this);
      this.#stream.callbacks = functions;
    } catch (error) {
      return this.#failed(error instanceof SingyeongError ? failureOf(error, this.#mayBeDone) : error);
    }
    if (messages !== null) this.#pump = createPump(messages, this.#sink(this.#stream));
  }

  #format(isOne: boolean) {
    const { over, method, input, headers, options, form } = this.#request!;
    const { codec, credit = usualWindow, waitMs, deadlineMs } = options;
    const lifted = isOne && codec === undefined ? liftCallbacks(input) : null;
    const functions = lifted?.functions ?? null;
    const fields: CallFields = {
      id: 0,
      via: over?.id,
      method,
      payload: isOne ? form.write(lifted === null ? input : lifted.payload) : undefined,
      end: isOne ? true : undefined,
      credit,
      deadline_ms: deadlineMs === undefined ? undefined : this.#leftMs(deadlineMs),
      wait_ms: waitMs,
      headers: functions === null ? headers : { ...headers, [callbacksHeader]: [...functions.keys()].join(",") },
      codec,
    };
    return { fields, functions: functions as ReadonlyMap<string, Handler> | null };
  }

  /** What is left of the deadline for an attempt. */
  #leftMs(deadlineMs: number): number {
    if (this.#attempt === 1) return deadlineMs;
    return Math.max(1, Math.ceil(this.deadlineMs - deadlineSlackMs - this.#parts.platform.elapsedMs()));
  }

  #sink(stream: Stream) {
    const { streams } = this.#parts;
    const { form, checkInput } = this.#request!;
    const format = (value: unknown): unknown => {
      checkInput?.(value);
      return form.write(value);
    };
    return {
      maySend: () => streams.maySend(stream),
      send: (value: unknown) => streams.send(stream, format(value ?? null)),
      end: (value: unknown) => streams.end(stream, value === undefined ? undefined : format(value)),
      failed: (error: unknown) => {
        this.#giveUp(inputFailure(error, this.#wasWritten), "stream/cancelled", "the input failed");
      },
    };
  }

  #mayRepeat(error: SingyeongError): boolean {
    const { retry } = this.options;
    if (retry === undefined || this.#attempt >= retry.attempts) return false;
    return !this.#listener!.hasBegun && mayRepeat(error, retry);
  }

  /** Ends the call from this side, for good. */
  #giveUp(error: unknown, code = "stream/cancelled", message = "the caller has lost interest"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pump?.stop();
    if (this.#stream !== null) this.#parts.streams.abort(this.#stream, { code, message });
    this.#failed(error);
    this.call.failed(error);
  }

  #failed(error: unknown): void {
    const listener = this.#release();
    listener?.failed(error);
    this.#rest();
  }

  /** What was sent has come to its end; returns who is to be told of it. */
  #release(): Listener | null {
    const listener = this.#listener;
    this.#listener = null;
    this.#stream = null;
    this.#pump = null;
    return listener;
  }

  /** Nothing is watched over any more once the call is over. */
  #rest(): void {
    if (!this.call.isOver) return;
    if (this.#onAbort !== null) this.options.signal!.removeEventListener("abort", this.#onAbort);
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) this.#parts.deadlines.delete(this);
  }
}

function notTwice(): SingyeongError {
  return new SingyeongError("client/invalid-options", "an input that is a stream cannot be sent twice");
}
