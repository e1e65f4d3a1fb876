import { SingyeongError } from "../errors.ts";
import { createDeadlines } from "../messaging/deadlines.ts";
import type { Target } from "../query/query.ts";
import { declarationOf } from "../query/resolve-target.ts";
import type { Call, CallHeaders, CallOptions, OutgoingMiddleware } from "./call.ts";
import { checkCallee, type ReadCallOptions, readCallOptions } from "./call-options.ts";
import { callbacksHeader } from "./callbacks.ts";
import { createCheck, declarationOfMethod } from "./checks.ts";
import { callFailure, failureOf } from "./failure.ts";
import { type CallerParts, type CallRequest, OutgoingCall } from "./outgoing-call.ts";
import { runOutgoing } from "./outgoing-middleware.ts";
import { type FindForm, type PayloadForm, plainForm } from "./payload-codecs.ts";
import type { Stream } from "./stream.ts";
import type { Streams, StreamsCore } from "./streams.ts";

/** Makes calls. What is wrong with one is what it rejects with. */
export interface Caller {
  call(
    refusal: SingyeongError | null,
    target: Target<never>,
    method: string,
    input: unknown,
    options?: CallOptions,
  ): Call<unknown>;
  /** Calls the other end of a stream. */
  callBack(over: Stream, method: string, input: unknown, options?: CallOptions): Call<unknown>;
  /** A call that its maker starts. */
  prepare(options: ReadCallOptions): OutgoingCall;
}

/** A call before it is sent. */
interface Draft {
  readonly target: Target<never> | null;
  readonly method: string;
  readonly input: unknown;
  readonly headers: CallHeaders | undefined;
  readonly options: ReadCallOptions;
}

const none: ReadCallOptions = Object.freeze({});

export function createCaller(
  core: Pick<StreamsCore, "platform" | "session">,
  streams: Streams,
  findForm: FindForm,
  middleware: readonly OutgoingMiddleware[],
): Caller {
  const { platform, session } = core;
  const deadlines = createDeadlines<OutgoingCall>(platform, (call) => call.expired());
  const parts: CallerParts = { platform, streams, deadlines };

  /** What there is to send; throws what is wrong with it. */
  function requestOf(draft: Draft, over: Stream | null): CallRequest | Promise<CallRequest> {
    const { target, method, input, headers, options } = draft;
    if (target !== null && session.admission?.restricted) {
      throw callFailure("dispatch/restricted", "restricted clients call nobody", false);
    }
    if (headers !== undefined && callbacksHeader in headers) {
      throw new SingyeongError("client/invalid-value", `the header ${callbacksHeader} is the client's own`);
    }
    const form = options.codec === undefined ? plainForm : findForm(options.codec);
    if (form === null) throw new SingyeongError("client/unsupported", `no codec ${options.codec} is registered`);
    const declared = target === null ? null : declarationOfMethod(declarationOf(target), method);
    const request = {
      target,
      over,
      method,
      input,
      headers,
      options,
      form: form as PayloadForm,
      checkInput: declared && createCheck(declared.input, method, "input"),
      checkResult: declared && createCheck(declared.output, method, "output"),
    };
    return form instanceof Promise ? form.then((loaded) => ({ ...request, form: loaded })) : request;
  }

  function place(refusal: SingyeongError | null, draft: Draft, over: Stream | null): Call<unknown> {
    const outgoing = new OutgoingCall(parts, draft.options);
    const { call } = outgoing;
    if (refusal !== null) call.failed(failureOf(refusal, false));
    else if (outgoing.watch()) {
      if (middleware.length === 0) begin(outgoing, draft, over);
      else {
        const open = { ...draft, headers: { ...draft.headers } };
        const requestAs = (sent: Pick<Draft, "target" | "method" | "input" | "headers">) =>
          requestOf({ ...sent, options: draft.options }, over);
        void runOutgoing(middleware, open, call, outgoing, requestAs);
      }
    }
    return call;
  }

  function begin(outgoing: OutgoingCall, draft: Draft, over: Stream | null): void {
    const { call } = outgoing;
    const fail = (error: unknown): void => outgoing.fail(error);
    try {
      const request = requestOf(draft, over);
      if (request instanceof Promise) request.then((loaded) => outgoing.start(call, loaded), fail);
      else outgoing.start(call, request);
    } catch (error) {
      fail(error);
    }
  }

  /** A call that was asked for with options which nobody has looked at. */
  function ask(
    refusal: SingyeongError | null,
    target: Target<never> | null,
    method: string,
    input: unknown,
    given: CallOptions | undefined,
    over: Stream | null,
  ): Call<unknown> {
    let problem = refusal;
    let options = none;
    try {
      if (over === null) checkCallee(target, method);
      if (given !== undefined) options = readCallOptions(given);
    } catch (error) {
      problem ??= error as SingyeongError;
    }
    return place(problem, { target, method, input, headers: options.headers, options }, over);
  }

  return {
    prepare(options) {
      const outgoing = new OutgoingCall(parts, options);
      outgoing.watch();
      return outgoing;
    },
    call: (refusal, target, method, input, options) => ask(refusal, target, method, input, options, null),
    // What is called while the client drains answers what was asked before.
    callBack: (over, method, input, options) => ask(null, null, method, input, options, over),
  };
}
