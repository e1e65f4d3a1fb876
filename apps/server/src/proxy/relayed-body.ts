/** A request's body on its way to a target. */
export interface RelayedBody extends AsyncIterable<Uint8Array> {
  /** Whether some of it was asked for: it can be sent to nobody else then. */
  isTouched(): boolean;
  /** Whether the target waits for whoever sends it. */
  isAwaited(): boolean;
  /** Nothing more of it is wanted: what waits for the next piece fails, so that half of a body never looks whole. */
  stop(): void;
}

/** Relays a body that is read once; `onPiece` is told of each piece that the target asks for. */
export function relayBody(source: AsyncIterable<Uint8Array>, onPiece: () => void): RelayedBody {
  let pieces: AsyncIterator<Uint8Array> | null = null;
  let fail: ((error: Error) => void) | null = null;
  let isStopped = false;

  function iterate(): AsyncIterator<Uint8Array> {
    pieces ??= source[Symbol.asyncIterator]();
    return pieces;
  }

  function next(): Promise<IteratorResult<Uint8Array>> {
    if (isStopped) return Promise.reject(stopped());
    onPiece();
    const iterator = iterate();
    return new Promise((resolve, reject) => {
      fail = reject;
      iterator.next().then(
        (piece) => {
          fail = null;
          resolve(piece);
        },
        (error: unknown) => {
          fail = null;
          reject(error);
        },
      );
    });
  }

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    fail?.(stopped());
    fail = null;
    // A body that nobody began to read is let go the same way.
    Promise.resolve(iterate().return?.()).catch(() => {});
  }

  return {
    isTouched: () => pieces !== null || isStopped,
    isAwaited: () => fail !== null,
    stop,
    [Symbol.asyncIterator]: () => ({
      next,
      return() {
        stop();
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
}

const stopped = (): Error => new Error("the body is not wanted any more");
