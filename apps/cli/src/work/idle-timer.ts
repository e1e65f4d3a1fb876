/** Tells when there was nothing to do for a while. */
export interface IdleTimer {
  /** There is something to do. */
  begin(): void;
  /** It is done. */
  end(): void;
  close(): void;
}

/** Calls `onIdle` once nothing was to do for `idleMs`, from now on; never where that is `undefined`. */
export function createIdleTimer(idleMs: number | undefined, onIdle: () => void): IdleTimer {
  if (idleMs === undefined) return { begin() {}, end() {}, close() {} };
  let inHand = 0;
  let timer = setTimeout(onIdle, idleMs);
  return {
    begin() {
      inHand++;
      clearTimeout(timer);
    },
    end() {
      inHand--;
      if (inHand > 0) return;
      clearTimeout(timer);
      timer = setTimeout(onIdle, idleMs);
    },
    close: () => clearTimeout(timer),
  };
}
