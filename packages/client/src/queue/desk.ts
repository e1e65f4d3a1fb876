import { Op } from "@singyeong/protocol";
import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { Delivery } from "./delivery.ts";
import { extension } from "./extension.ts";

/** Somebody who works on a queue, as the desk knows them. */
export interface Worker {
  /** One of the jobs that were asked for. */
  take(delivery: Delivery): void;
  /** This many of those that were asked for will not come. */
  refused(count: number, error: SingyeongError | null): void;
  /** Asks for what is missing. */
  fill(): void;
}

/**
 * Asks for the messages of one queue on behalf of all who work on it, and knows at any time how many may still come: the server adds
 * up what one client asks for, and takes all of it back at once.
 */
export interface Desk {
  readonly workers: Set<Worker>;
  /** False while nothing can be asked for: no connection stands, or requests are being taken back. */
  readonly open: boolean;
  ask(worker: Worker, count: number): void;
  /** False where nobody has asked for it. */
  deliver(delivery: Delivery): boolean;
  /** Takes back what was asked for; resolves once nothing of it can come any more. The other workers then ask anew. */
  cancel(): Promise<void>;
  /** The connection is gone for good, and with it what was asked for there. */
  lost(): void;
}

/** What one frame asked for. */
interface Request {
  readonly worker: Worker;
  readonly nonce: string;
  readonly controller: AbortController;
  left: number;
}

const noResult = (): void => {};

/** Nobody is called that: the answer lists no one, and tells that all before it has been seen to. */
const nobody = { application: " ", ops: [] };

export function createDesk(queue: string, { session, exchange, messenger }: Core): Desk {
  const workers = new Set<Worker>();
  /** Those whose jobs have not all come, oldest first. */
  const requests: Request[] = [];
  let cancelling: {
    readonly done: Promise<void>;
    readonly controller: AbortController;
  } | null = null;

  const format = (t: string, d: object, nonce?: string): object => ({ op: Op.dispatch, t, d, ...(nonce && { nonce }) });

  /** Waits no longer for the refusal of a request, nor sends it where it still waits. */
  function end({ nonce, controller }: Request): void {
    if (!exchange.answer(nonce, {})) controller.abort();
  }

  function forget(): void {
    for (const request of requests.splice(0)) {
      end(request);
      request.worker.refused(request.left, null);
    }
  }

  async function takeBack({ signal }: AbortController): Promise<void> {
    const nonce = messenger.nextNonce();
    const awaits = session.admission?.caps.has("receipt") ? "answer" : "write";
    const cancel = format("QUEUE_REQUEST_CANCEL", { queue });
    void messenger.post(cancel, { awaits: "write", nonce: null, repeatable: false }, { signal }, noResult);
    const query = format("QUERY_NODES", nobody, nonce);
    await messenger.post(query, { awaits, nonce, repeatable: false }, { signal }, noResult).catch(noResult);
    if (signal.aborted) return;
    cancelling = null;
    forget();
    for (const worker of workers) worker.fill();
  }

  return {
    workers,
    get open() {
      return session.link !== null && cancelling === null;
    },
    ask(worker, count) {
      const nonce = messenger.nextNonce();
      const controller = new AbortController();
      const request: Request = { worker, nonce, controller, left: count };
      requests.push(request);
      const how = { awaits: "answer", nonce, repeatable: false, needs: extension } as const;
      const bounds = { timeoutMs: Number.POSITIVE_INFINITY, signal: controller.signal };
      messenger.post(format("QUEUE_REQUEST", { queue, count }, nonce), how, bounds, noResult).catch((error) => {
        const at = requests.indexOf(request);
        if (at < 0) return;
        requests.splice(at, 1);
        worker.refused(request.left, error);
      });
    },
    deliver(delivery) {
      const [request] = requests;
      if (request === undefined) return false;
      if (--request.left === 0) {
        requests.shift();
        end(request);
      }
      request.worker.take(delivery);
      return true;
    },
    cancel() {
      if (session.lasting === null || requests.length === 0) return Promise.resolve();
      if (cancelling === null) {
        const controller = new AbortController();
        cancelling = { controller, done: takeBack(controller) };
      }
      return cancelling.done;
    },
    lost() {
      cancelling?.controller.abort();
      cancelling = null;
      forget();
    },
  };
}
