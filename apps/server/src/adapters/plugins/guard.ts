import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { createCircuit } from "./circuit.ts";
import { Deadline } from "./deadline.ts";
import type { Soon } from "./part.ts";

/** Calls of one plugin whose promises are not settled, late ones included; past it the next ones fail at once. */
const maxUnsettled = 10_000;
/** Failures of one hook are logged no more often; how many were not is told with the next one. */
const logEveryMs = 1000;

/** What came of a call: what the hook returned, or a reason that its plugin's users may read. */
export type Ran = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** Why a call failed, as it is counted. */
export type Fault = "threw" | "timeout" | "invalid" | "refused" | "isolated" | "overloaded";

/** Stands between the server and one plugin: whatever the plugin does, a call comes back, in time, with a value. */
export interface Guard {
  /** Out of traffic, since it was late too often. */
  isOut(): boolean;
  /**
   * Calls a hook, whose deadline is the one given. What returns at once is there at once. `onLate` gets what the hook returns
   * after its deadline.
   */
  run(hook: string, deadline: Deadline | null, call: () => unknown, onLate?: (value: unknown) => void): Soon<Ran>;
  /** As `run`, also for a plugin that is out of traffic. */
  runAlways(hook: string, deadline: Deadline | null, call: () => unknown): Soon<Ran>;
  /** Counts and logs what went wrong with a hook in another way. Returns the reason for users. */
  fail(hook: string, fault: Fault, error?: unknown): Ran & { readonly ok: false };
}

export interface GuardOptions {
  readonly name: string;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observe: (hook: string, seconds: number) => void;
  readonly count: (hook: string, fault: Fault) => void;
}

export function createGuard({ name, deadlineMs, clock, logger, observe, count }: GuardOptions): Guard {
  const circuit = createCircuit(clock);
  const logged = new Map<string, { atMs: number; suppressed: number }>();
  const words: Readonly<Record<Fault, string>> = {
    threw: `plugin ${name} failed`,
    timeout: `plugin ${name} took too long`,
    invalid: `plugin ${name} failed`,
    refused: `plugin ${name} refused`,
    isolated: `plugin ${name} is out of traffic`,
    overloaded: `plugin ${name} has too much under way`,
  };
  let unsettled = 0;

  function log(hook: string, fault: Fault, error: unknown): void {
    const last = logged.get(hook);
    const nowMs = clock.elapsed();
    if (last !== undefined && nowMs - last.atMs < logEveryMs) {
      last.suppressed++;
      return;
    }
    const fields = { plugin: name, hook, reason: fault, suppressed: last?.suppressed ?? 0 };
    logged.set(hook, { atMs: nowMs, suppressed: 0 });
    logger.error(error === undefined ? fields : { ...fields, err: error }, words[fault]);
  }

  function fail(hook: string, fault: Fault, error?: unknown): Ran & { readonly ok: false } {
    count(hook, fault);
    if (fault !== "refused" && fault !== "isolated") log(hook, fault, error);
    return { ok: false, reason: words[fault] };
  }

  function late(hook: string): Ran {
    const failed = fail(hook, "timeout");
    if (circuit.late(hook)) logger.error({ plugin: name, hook }, `plugin ${name} is taken out of traffic for a while`);
    return failed;
  }

  /** A hook that held the whole process up for longer than its deadline is as late as one that made only its caller wait. */
  function finish(hook: string, startedMs: number): void {
    const tookMs = clock.elapsed() - startedMs;
    observe(hook, tookMs / 1000);
    if (tookMs > deadlineMs) late(hook);
    else circuit.inTime(hook);
  }

  function wait(
    hook: string,
    returned: PromiseLike<unknown>,
    deadline: Deadline | null,
    startedMs: number,
    onLate?: (value: unknown) => void,
  ): Promise<Ran> {
    unsettled++;
    return new Promise((resolve) => {
      let isLate = false;
      const callOff = clock.after(deadlineMs, () => {
        isLate = true;
        observe(hook, deadlineMs / 1000);
        resolve(late(hook));
        if (deadline !== null) Deadline.pass(deadline, new DOMException(words.timeout, "TimeoutError"));
      });
      const settle = (ran: () => Ran): void => {
        unsettled--;
        if (isLate) return;
        callOff();
        observe(hook, (clock.elapsed() - startedMs) / 1000);
        circuit.inTime(hook);
        resolve(ran());
      };
      Promise.resolve(returned).then(
        (value) => {
          settle(() => ({ ok: true, value }));
          if (isLate) onLate?.(value);
        },
        (error: unknown) => settle(() => fail(hook, "threw", error)),
      );
    });
  }

  function runAlways(
    hook: string,
    deadline: Deadline | null,
    call: () => unknown,
    onLate?: (value: unknown) => void,
  ): Soon<Ran> {
    if (unsettled >= maxUnsettled) return fail(hook, "overloaded");
    const startedMs = clock.elapsed();
    let returned: unknown;
    let isPromise: boolean;
    try {
      returned = call();
      isPromise = isThenable(returned);
    } catch (error) {
      finish(hook, startedMs);
      return fail(hook, "threw", error);
    }
    if (isPromise) return wait(hook, returned as PromiseLike<unknown>, deadline, startedMs, onLate);
    finish(hook, startedMs);
    return { ok: true, value: returned };
  }

  return {
    isOut: circuit.isOut,
    fail,
    runAlways,
    run: (hook, deadline, call, onLate) =>
      circuit.isOut() ? fail(hook, "isolated") : runAlways(hook, deadline, call, onLate),
  };
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
