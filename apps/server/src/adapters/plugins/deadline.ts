/**
 * How long a call of a hook may take: part of what the hook is given. The signal is only made where somebody asks for it. A
 * class, for one is made for every call: as closures they cost three times as much.
 */
export class Deadline {
  #controller: AbortController | null = null;
  #reason: Error | null = null;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== null) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** It has passed. No method of its own, for plugins have the object. */
  static pass(deadline: Deadline, reason: Error): void {
    deadline.#reason = reason;
    deadline.#controller?.abort(reason);
  }
}

/** What a hook is given, with its deadline. */
export function withDeadline<T extends object>(fields: T): T & Deadline {
  return Object.assign(new Deadline(), fields);
}
