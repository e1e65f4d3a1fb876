import { type Bounds, bounded } from "../messaging/bounded.ts";
import type { Platform } from "../platform/platform.ts";
import type { MetadataRegister, WireChanges } from "./metadata-register.ts";

/** Changes metadata; resolves once the server has taken it. A change that is given up while it is in line is not made. */
export function changeMetadata(
  platform: Platform,
  register: MetadataRegister,
  changes: WireChanges,
  bounds: Bounds,
): Promise<void> {
  let withdraw = (): void => {};
  return bounded<void>(
    platform,
    bounds,
    (resolve, reject) => {
      withdraw = register.change(changes, (error) => (error === null ? resolve() : reject(error)));
    },
    () => withdraw(),
  );
}
