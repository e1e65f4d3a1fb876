import type { MetadataStore, WaitOptions } from "../client.ts";
import type { Contract, Undeclared } from "../contract/contract.ts";
import type { SingyeongError } from "../errors.ts";
import { refused } from "../messaging/quiet.ts";
import { inboxKey } from "../messaging/reply-address.ts";
import { inferMetadata } from "../metadata/infer.ts";
import type { MetadataInput } from "../metadata/types.ts";
import type { Platform } from "../platform/platform.ts";
import { changeMetadata } from "./change-metadata.ts";
import type { MetadataRegister, WireChanges } from "./metadata-register.ts";

/** How long a change may take, in milliseconds: as long as messages wait for a connection. */
const defaultChangeMs = 60_000;

/** Puts the register into users' terms. `refusal` is why nothing may be changed any more, `null` while it may. */
export function createMetadataStore<C extends Contract = Undeclared>(
  platform: Platform,
  register: MetadataRegister,
  refusal: () => SingyeongError | null,
): MetadataStore<C> {
  function change(changes: WireChanges, { timeoutMs = defaultChangeMs, signal }: WaitOptions): Promise<void> {
    const problem = refusal();
    return problem === null ? changeMetadata(platform, register, changes, { timeoutMs, signal }) : refused(problem);
  }

  return {
    get current() {
      const entries = Object.entries(register.confirmed).filter(([key]) => key !== inboxKey);
      return Object.fromEntries(entries.map(([key, { value }]) => [key, value])) as MetadataStore<C>["current"];
    },
    set(changes, options = {}) {
      try {
        return change(inferMetadata(changes as MetadataInput), options);
      } catch (error) {
        return refused(error);
      }
    },
    remove: (...keys) => change(Object.fromEntries(keys.map((key) => [key, null])), {}),
  };
}
