import type { SingyeongError } from "../errors.ts";
import type { Outgoing } from "../messaging/exchange.ts";
import type { Link } from "../session/link.ts";
import { extension } from "./extension.ts";
import type { Stream } from "./stream.ts";

/** What becomes of calls that wait to be written. */
export interface Openings {
  written(stream: Stream): void;
  /** It was not, and will not be. */
  failed(stream: Stream, error: SingyeongError): void;
}

/** A call on its way out, which nothing answers. A class for its prototype: calls come by the thousand. */
export class Opening implements Outgoing {
  readonly awaits = "write";
  readonly nonce = null;
  readonly needs = extension;
  readonly data: string | Uint8Array<ArrayBuffer>;
  readonly only: Link | null | undefined;
  readonly timeoutMs: number | null;
  repeatable = false;
  endMs = Number.POSITIVE_INFINITY;
  deadlineMs = Number.POSITIVE_INFINITY;
  link: Link | null = null;
  readonly #stream: Stream;
  readonly #to: Openings;

  constructor(
    to: Openings,
    stream: Stream,
    data: string | Uint8Array<ArrayBuffer>,
    only: Link | null | undefined,
    timeoutMs: number | null,
  ) {
    this.#to = to;
    this.#stream = stream;
    this.data = data;
    this.only = only;
    this.timeoutMs = timeoutMs;
  }

  settle(): void {
    this.#to.written(this.#stream);
  }

  fail(error: SingyeongError): void {
    this.#to.failed(this.#stream, error);
  }
}
