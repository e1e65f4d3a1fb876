import { networkOf } from "../access/throttle.ts";

/** Counts what comes from addresses, up to a bound on each; one of IPv6 stands for its network of 64 bits. */
export interface AddressCount {
  /** Whether there is no room for one more. */
  isFull(address: string): boolean;
  enter(address: string): void;
  leave(address: string): void;
}

/** `max` of 0 is no bound: nothing is counted then. */
export function createAddressCount(max: number): AddressCount {
  if (max === 0) return { isFull: () => false, enter() {}, leave() {} };
  const counts = new Map<string, number>();
  const countOf = (network: string): number => counts.get(network) ?? 0;
  return {
    isFull: (address) => countOf(networkOf(address)) >= max,
    enter(address) {
      const network = networkOf(address);
      counts.set(network, countOf(network) + 1);
    },
    leave(address) {
      const network = networkOf(address);
      const count = countOf(network);
      if (count <= 1) counts.delete(network);
      else counts.set(network, count - 1);
    },
  };
}
