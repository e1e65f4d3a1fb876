/** A request or an answer under way. */
export interface Transfer {
  /** Whether it is the peer's turn: it is to send, or to read. */
  isPeersTurn(): boolean;
  /** Bytes that the peer has sent or read. */
  progressBytes(): number;
  /** It may go on. */
  keep(): void;
  /** The peer has let it stand for too long. */
  cut(): void;
}

/** Ends transfers whose peers let them stand. */
export interface StallWatch {
  add(transfer: Transfer): void;
  remove(transfer: Transfer): void;
  /** To be called at regular times. */
  tick(): void;
}

/** Fewer bytes are no progress: one that sends a byte now and then would hold a connection for good. */
const minProgressBytes = 1024;

/** Makes a watch that cuts a transfer which brings less than 1 KiB in `maxTicks` ticks of the peer's turn. */
export function createStallWatch(maxTicks: number): StallWatch {
  const watched = new Map<Transfer, { bytes: number; ticks: number }>();
  return {
    add: (transfer) => void watched.set(transfer, { bytes: transfer.progressBytes(), ticks: 0 }),
    remove: (transfer) => void watched.delete(transfer),
    tick() {
      for (const [transfer, state] of watched) {
        const bytes = transfer.progressBytes();
        if (!transfer.isPeersTurn() || bytes - state.bytes >= minProgressBytes) {
          state.bytes = bytes;
          state.ticks = 0;
        } else state.ticks++;
        if (state.ticks <= maxTicks) transfer.keep();
        else {
          watched.delete(transfer);
          transfer.cut();
        }
      }
    },
  };
}
