/** Rejections that nobody handled. */
export interface Rejections {
  /** To be called with each that the runtime reports. */
  note(reason: unknown): void;
  /** Every one up to now; runtimes take their time to report them. */
  all(): Promise<readonly unknown[]>;
}

export function createRejections(): Rejections {
  const reasons: unknown[] = [];
  const marker = new Error("the last rejection");
  const { promise: markerNoted, resolve: noteMarker } = Promise.withResolvers<void>();
  return {
    note(reason) {
      if (reason === marker) noteMarker();
      else reasons.push(reason);
    },
    // They are reported in order: once our own has been, all before it have been.
    async all() {
      void Promise.reject(marker);
      await markerNoted;
      return reasons;
    },
  };
}
