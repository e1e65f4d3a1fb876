import type { Clock } from "../ports/clock.ts";

/** `half-open`: the time is up, and the next request, or one under way, decides. */
export type CircuitState = "closed" | "open" | "half-open";

/** What is known of one target. */
export interface Circuit {
  readonly target: string;
  /** Times in a row that it could not be reached. */
  failures: number;
  /** When it may be tried again; 0 while it is closed. */
  openUntilMs: number;
  /** How long it was opened for at last; 0 while it is closed. */
  openMs: number;
  /** Whether the one request of a half-open circuit is under way. */
  isProbing: boolean;
  /** Requests that were sent there, and those that could not be. */
  requests: number;
  unreachable: number;
  active: number;
}

/** A target, as it is listed. */
export interface CircuitInfo {
  readonly target: string;
  readonly state: CircuitState;
  readonly failures_in_a_row: number;
  /** `null` unless it is open. */
  readonly retry_ms: number | null;
  readonly requests: number;
  readonly unreachable: number;
  readonly in_flight: number;
}

/** Circuit breakers: a target that was not reached several times in a row is left alone for a while ([PX-20]). */
export interface Circuits {
  /** Whether a request may go to a target now. */
  admits(target: string): boolean;
  /** A request goes there. Tell what came of it by exactly one of `reached`, `missed` and `gaveUp`. */
  enter(target: string): Circuit;
  reached(circuit: Circuit): void;
  missed(circuit: Circuit): void;
  /** Nothing is known: whoever asked has gone. */
  gaveUp(circuit: Circuit): void;
  /** Circuits that are not closed. */
  readonly openCount: number;
  list(): readonly CircuitInfo[];
}

const failuresToOpen = 5;
const firstOpenMs = 1000;
const maxOpenMs = 60_000;
const maxTargets = 1024;

export function createCircuits(clock: Clock, onOpened: () => void): Circuits {
  /** Least recently used first. */
  const circuits = new Map<string, Circuit>();
  let openCount = 0;

  function find(target: string): Circuit {
    let circuit = circuits.get(target);
    if (circuit === undefined) {
      if (circuits.size >= maxTargets) forgetOne();
      circuit = {
        target,
        failures: 0,
        openUntilMs: 0,
        openMs: 0,
        isProbing: false,
        requests: 0,
        unreachable: 0,
        active: 0,
      };
    } else circuits.delete(target);
    circuits.set(target, circuit);
    return circuit;
  }

  /** Forgets the target that was used longest ago, of those that are closed where there are such. */
  function forgetOne(): void {
    let oldest: Circuit | undefined;
    for (const circuit of circuits.values()) {
      oldest ??= circuit;
      if (circuit.openMs !== 0 || circuit.active > 0) continue;
      oldest = circuit;
      break;
    }
    if (oldest === undefined) return;
    close(oldest);
    circuits.delete(oldest.target);
  }

  function close(circuit: Circuit): void {
    if (circuit.openMs !== 0) openCount--;
    circuit.failures = 0;
    circuit.openMs = 0;
    circuit.openUntilMs = 0;
  }

  function open(circuit: Circuit): void {
    if (circuit.openMs === 0) openCount++;
    circuit.openMs = Math.min(circuit.openMs === 0 ? firstOpenMs : circuit.openMs * 2, maxOpenMs);
    circuit.openUntilMs = clock.elapsed() + circuit.openMs;
    onOpened();
  }

  function leave(circuit: Circuit): void {
    circuit.active--;
    circuit.isProbing = false;
  }

  function stateOf({ openMs, openUntilMs }: Circuit): CircuitState {
    if (openMs === 0) return "closed";
    return clock.elapsed() < openUntilMs ? "open" : "half-open";
  }

  return {
    admits(target) {
      if (openCount === 0) return true;
      const circuit = circuits.get(target);
      if (circuit === undefined || circuit.openMs === 0) return true;
      return !circuit.isProbing && clock.elapsed() >= circuit.openUntilMs;
    },
    enter(target) {
      const circuit = find(target);
      circuit.requests++;
      circuit.active++;
      if (circuit.openMs !== 0) circuit.isProbing = true;
      return circuit;
    },
    reached(circuit) {
      leave(circuit);
      close(circuit);
    },
    missed(circuit) {
      const wasOpen = circuit.openMs !== 0 && clock.elapsed() < circuit.openUntilMs;
      leave(circuit);
      circuit.unreachable++;
      circuit.failures++;
      // What was under way when it opened says nothing new.
      if (!wasOpen && (circuit.openMs !== 0 || circuit.failures >= failuresToOpen)) open(circuit);
    },
    gaveUp: leave,
    get openCount() {
      return openCount;
    },
    list: () =>
      Array.from(circuits.values(), (circuit) => ({
        target: circuit.target,
        state: stateOf(circuit),
        failures_in_a_row: circuit.failures,
        retry_ms: stateOf(circuit) === "open" ? Math.ceil(circuit.openUntilMs - clock.elapsed()) : null,
        requests: circuit.requests,
        unreachable: circuit.unreachable,
        in_flight: circuit.active,
      })),
  };
}
